"""What a board asks beside title and text, at the desk."""
