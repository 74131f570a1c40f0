"""Import of Quackback's files, all of them together: posts, votes, comments, notes, users, companies, and its template."""
