"""An index for tests."""

import pytest

from portal.search.filling import Document
from portal.search.index import Index


@pytest.fixture
def index(tmp_path):
    """An empty index of its own."""
    empty = Index(tmp_path / "search")
    with empty.replacing():
        pass
    return empty


@pytest.fixture
def put(index):
    """`put(1, title="…", text="…", kind="idea")` writes a document."""

    def write(number, title="", text="", kind="idea", author="", stamp=""):
        with index.writing() as batch:
            batch.update(Document(kind, number, title, text, author, stamp))

    return write


@pytest.fixture
def sought(app, catch_up):
    """The index of the app; `sought()` first lets it catch up."""

    def caught_up():
        catch_up()
        return app.extensions["search"]

    return caught_up
