"""The vendor that needs no server: customer records in a SQLite file of their own."""
