"""Who is asking: the session behind a cookie, and what a stranger is told."""
