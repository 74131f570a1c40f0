"""Decisions that deserve a second look: asked for again, or shipped without solving it."""
