"""Import of Fider's posts.csv: posts become ideas, their votes tallies, their responses imported answers."""
