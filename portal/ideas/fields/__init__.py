"""What a board asks beside title and text, and what was said."""
