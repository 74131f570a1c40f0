"""Why ideas were declined, counted for staff."""
