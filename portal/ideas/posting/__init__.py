"""Posting an idea: the form, what resembles it, and the way from there to the idea."""
