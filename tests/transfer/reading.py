"""Reading a table as an import does."""

import pytest

from portal.transfer.opening import Unsafe
from portal.transfer.tables.opening import tables_in


def rows(path):
    """All rows of all tables of a file: where each stands, and what."""
    return [row for table in tables_in([path]) for row in table.read(lambda _bytes: None)]


def refused(path):
    """The sentence with which a file is refused."""
    with pytest.raises(Unsafe) as refusal:
        rows(path)
    return str(refusal.value)
