"""Setting connections up, and how they stand."""
