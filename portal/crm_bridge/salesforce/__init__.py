"""Salesforce: contacts and accounts with custom fields, ideas and votes as custom objects."""
