"""Every text of the collections on every list, as a browser reads it: as many elements as harmless words make."""

from collections import Counter

import pytest

from portal.discussion import queries as posts
from portal.paging import Keyset
from tests.factories import EPOCH
from tests.hostile import payloads
from tests.hostile.crowding import CROWDS

HARMLESS = ["Harmless words, the first", "Harmless words, the second"]


@pytest.fixture
def whole(monkeypatch):
    """Lists and discussions have one page, however long."""
    page, stretch = Keyset.page, posts.stretch
    monkeypatch.setattr(Keyset, "page", lambda self, fetch, rows, *, cursor, size=0: page(self, fetch, rows, cursor=cursor, size=20_000))  # fmt: skip
    monkeypatch.setattr(posts, "stretch", lambda *args, **named: stretch(*args, **named | {"size": 20_000}))


@pytest.fixture
def read(app, as_, cast, make, shapes, whole):
    """`read(page)`: what an admin's browser makes of a page."""
    make.idea(author=cast.customer, board=make.board(), status="planned", status_at=EPOCH)
    make.topic(author=cast.customer, category=make.category())
    ada = as_(cast.admin)

    def look(path):
        answer = ada.get(path)
        assert answer.status_code == 200
        return shapes(answer.text)[0]

    return look


def check(crowd, read, texts, longest):
    """Packs of the texts in rows of their own make as many elements as harmless rows, and can be read."""
    made = []
    for text in HARMLESS:
        crowd.add([text])
        made.append(read(crowd.page).made)
    row = made[1] - made[0]
    packs = payloads.packed(texts, longest, "\n\n" if crowd.cooked else " ")
    crowd.add(packs)
    found = read(crowd.page)
    assert found.alarms == []
    expected = made[1] + Counter({kind: each * len(packs) for kind, each in row.items()})
    assert sum(row.values()) > 2
    assert found.made == expected, crowd.name
    if not crowd.cooked:
        assert [pack for pack in packs if not found.shows(pack)] == []


def test_own(read, own):
    for crowd in CROWDS:
        check(crowd, read, own, crowd.longest)


@pytest.mark.shared
@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize(
    "crowd", [each for each in CROWDS if each.name != "comments"], ids=lambda crowd: crowd.name
)
def test_collected(read, collected, crowd):
    """SQLite takes more than the forms do: every text has its turn in every field, however short that is.

    What is cooked goes in as replies, which are also structured data; comments are the same HTML.
    """
    check(crowd, read, collected, max(crowd.longest, 2_000))
