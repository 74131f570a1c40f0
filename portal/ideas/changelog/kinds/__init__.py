"""The pages on which admins keep the kinds of entries."""
