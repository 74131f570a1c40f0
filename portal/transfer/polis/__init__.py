"""Import of a Polis conversation: statements become ideas, participants become people, and each vote keeps its voter."""
