"""Inquiring: whoever wanted an idea about which nothing happened for long is asked whether they still want it."""
