"""The way back: what the CRM knows of companies, contacts and deals is read, kept with its age, and used here."""
