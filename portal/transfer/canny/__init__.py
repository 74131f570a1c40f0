"""Import of what Canny's API gives: posts, votes, comments, boards, users and companies as JSON."""
