"""Who voted: the votes behind a figure, one by one, and what they come to."""
