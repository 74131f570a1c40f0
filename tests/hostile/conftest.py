"""The judge, and the texts that come before it."""

from collections import Counter
from pathlib import Path

import pytest

from tests.hostile import payloads
from tests.hostile.oracle import Shape
from tests.services import shared_folder


@pytest.fixture(scope="session")
def shapes(chromium):
    """`shapes(html, …)`: what a browser makes of each page, without running it."""
    page = chromium.new_page()
    source = (Path(__file__).parent / "shape.js").read_text()

    def look(*pages: str) -> list[Shape]:
        return [
            Shape(Counter(each["made"]), Counter(each["written"]), each["text"])
            for each in page.evaluate(source, list(pages))
        ]

    yield look
    page.close()


@pytest.fixture(scope="session")
def own():
    return payloads.own()


@pytest.fixture(scope="session")
def collected(shared):
    return payloads.collected(shared)


@pytest.fixture(scope="session")
def texts(own):
    """Some of ours and, where they are, some of the collections."""
    beside = shared_folder()
    more = payloads.collected(beside) if beside.is_dir() else []
    return payloads.sample(payloads.sample(own, 150) + payloads.sample(more, 450), 600)
