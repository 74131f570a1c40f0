"""The house currency, and what one unit of the others is worth in it."""
