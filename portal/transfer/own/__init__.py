"""What is kept of one person, for that person to take along."""
