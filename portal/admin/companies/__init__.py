"""Customers' firms: their mail domains, and what the CRM knows of them."""
