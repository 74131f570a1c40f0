"""Where else people are found: handles and profile links that they give themselves."""
