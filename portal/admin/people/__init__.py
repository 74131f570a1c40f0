"""Finding people, giving roles, closing accounts."""
