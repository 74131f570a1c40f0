"""Merging ideas that ask for the same: everything stays where it was said, and counts for one of them."""
