"""What product managers decide on the page of an idea."""
