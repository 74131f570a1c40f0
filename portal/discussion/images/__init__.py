"""Images in texts: taken in, kept in our own encoding, and shown to whoever may read a text that they stand in."""
