"""The pages on which roadmaps are drawn: what shows on them, and to whom."""
