"""What is long begins first: a long test that begins last keeps one core busy while the others wait for it."""

from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# Single tests of these take more than some seconds.
LONG = (
    "tests/look/test_every_page.py",
    "tests/journeys/test_a_day_in_the_community.py",
    "tests/demo/test_seeding.py",
    "tests/hostile/test_any_value.py",
    "tests/crm_bridge/test_killing.py",
    "tests/crm_bridge/test_killing_pulls.py",
    "tests/crm_bridge/test_real_commands.py",
    "tests/activity/test_killing.py",
    "tests/transfer/test_given_communities.py",
    "tests/voting/test_ten_thousand.py",
    "tests/hostile/test_addresses.py",
    "tests/hostile/test_every_field.py",
    "tests/insights/test_budgets.py",
    "tests/house_rules/test_walls.py",
    "tests/ideas/test_merging_any_order.py",
)


def long_first(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """The same tests, those of LONG in front in its order; a file's own order stays as it is."""
    places = {str(ROOT / path): place for place, path in enumerate(LONG)}
    return sorted(items, key=lambda item: places.get(str(item.path), len(LONG)))
