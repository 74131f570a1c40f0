"""The statuses of the house and of boards, at the desk."""
