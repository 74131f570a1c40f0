"""Votes on ideas that staff add for customers."""
