"""Entering a connection: the form of a new one, its settings, and the test before they are kept."""
