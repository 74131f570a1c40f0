"""Where somebody has their own account deleted, and where staff do it for them at the command line."""
