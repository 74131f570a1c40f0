"""What staff do with several ideas of a list at once."""
