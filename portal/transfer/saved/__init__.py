"""Saved exports: taken again, shared, made by a schedule, and fetched by a link that expires."""
