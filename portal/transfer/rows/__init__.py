"""The rows that an export can have: ideas, votes, ideas with each voter, companies."""
