"""The customer record: all that is known of one person or company, and what staff do about what the CRM refused."""
