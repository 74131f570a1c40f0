"""Import of UserVoice's exports: one row for each idea and voter, the older names, comments, users and accounts."""
