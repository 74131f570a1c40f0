"""How one votes on a board."""
