"""BottleCRM: contacts and accounts with custom fields, votes as interactions of a contact."""
