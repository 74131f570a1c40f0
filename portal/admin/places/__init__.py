"""Boards for ideas and categories for questions."""
