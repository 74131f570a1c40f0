"""Jobs: what staff have the worker do with a connection, how far it is, and what came of it."""
