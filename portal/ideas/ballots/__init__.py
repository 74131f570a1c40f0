"""Votes on ideas: the viewer's own, and those that staff add for a customer."""
