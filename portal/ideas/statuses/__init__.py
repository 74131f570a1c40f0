"""The statuses that ideas may have: those of the house, and the own ones of boards."""
