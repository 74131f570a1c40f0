"""The rows of the only table of an export."""


def one(found):
    (rows,) = found.values()
    return rows
