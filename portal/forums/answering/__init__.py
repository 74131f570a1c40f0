"""Answers: writing them, finding them, voting for them, accepting one."""
