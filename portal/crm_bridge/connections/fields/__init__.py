"""The fields of a connection: whose each is, and how the CRM calls it."""
