"""Figures of the whole community, or of a board; each leads to its rows."""
