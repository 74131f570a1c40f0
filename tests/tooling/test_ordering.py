"""Long files begin first, and nothing else changes its place."""

from types import SimpleNamespace

from tests.ordering import LONG, ROOT, long_first


def test_every_long_file_is_there():
    assert [path for path in LONG if not (ROOT / path).is_file()] == []


def test_the_long_ones_come_first_and_all_others_stay_in_order():
    paths = ["tests/a.py", LONG[1], "tests/b.py", LONG[0], LONG[1], "tests/a.py"]
    items = [SimpleNamespace(path=ROOT / path, number=number) for number, path in enumerate(paths)]
    assert [item.number for item in long_first(items)] == [3, 1, 4, 0, 2, 5]
