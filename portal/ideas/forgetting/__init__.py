"""Forgetting who voted, a while after an idea was closed, where its board says so."""
