"""Pauses: when nothing was sent over a connection, since whom, and why."""
