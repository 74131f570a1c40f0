"""The pages on which entries of the changelog are written, linked, published and withdrawn."""
