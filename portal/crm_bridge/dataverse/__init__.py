"""Dynamics 365 (Dataverse): contacts and accounts with columns of ours, votes in a table of their own."""
