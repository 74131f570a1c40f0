"""Fixtures for what comes in as a file."""

import pytest


@pytest.fixture
def file(tmp_path):
    """`file(content)`: the path of a file with this in it, a text or bytes."""

    def write(content, name="table"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write
