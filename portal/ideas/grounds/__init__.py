"""The grounds on which an idea is declined: a list of the house, so that decisions can be counted."""
