"""Scores of ideas: RICE and formulas of the house or of a board, each score with its version and its inputs."""
