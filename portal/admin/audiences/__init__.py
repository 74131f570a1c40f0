"""For whom a board is, and who of them may do what there."""
