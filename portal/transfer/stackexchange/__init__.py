"""Import of a Stack Exchange data dump: questions become ideas or topics, answers and comments become posts.

The format is that of the public dumps (one XML file a table, a `row` element a row); the mapping stands in
docs/transfer.md.
"""
