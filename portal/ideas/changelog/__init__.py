"""The changelog: what was shipped, told to those who wanted it."""
