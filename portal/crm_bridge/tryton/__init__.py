"""Tryton: people and companies as parties, votes as records of our small module, many in one call."""
