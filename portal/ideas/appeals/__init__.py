"""I still want this: what customers say on ideas that take no votes any more."""
