"""The grammar of the folders: a name says what a file is."""

import re

from portal.app import SLICES as LOADED
from tests.house_rules.source import MODULES, PORTAL, ROOT, SLICES, faults

DRAWERS = {
    "utils",
    "util",
    "helpers",
    "helper",
    "common",
    "manager",
    "managers",
    "base",
    "misc",
    "shared",
    "lib",
}
GRAMMAR = {"__init__", "models", "queries", "forms", "views", "cli"}
# A file may also be named for a thing, if the thing has a word of its own.
WORDS = set(re.findall(r"^\| ([a-z ]+) \|", (ROOT / "docs/glossary.md").read_text(), re.MULTILINE))
IN_SLICES = [path for path in MODULES if len(path.parts) > 2]


def test_the_factory_loads_every_slice():
    assert sorted(LOADED) == SLICES


def test_nothing_is_a_drawer():
    assert faults(MODULES, lambda path: DRAWERS & {path.stem, *path.parent.parts}) == {}


def test_a_file_is_of_the_grammar_or_an_act_or_a_word():
    assert [str(path) for path in IN_SLICES if not is_named_well(path)] == []


def is_named_well(path):
    is_vendor = path.parent.parent.name == "crm_bridge"
    is_act = re.search(r"ing(_|$)", path.stem)
    is_word = path.stem.replace("_", " ") in WORDS or path.stem.removesuffix("s") in WORDS
    return path.stem in GRAMMAR or is_act or is_word or is_vendor


def test_a_slice_says_what_it_is_and_registers_itself():
    texts = {each: (PORTAL / each / "__init__.py").read_text() for each in SLICES}
    assert [each for each, text in texts.items() if not text.startswith('"""')] == []
    assert [each for each, text in texts.items() if "def register(app" not in text] == []


def test_the_readme_shows_the_tree_as_it_is():
    tree = (ROOT / "README.md").read_text().split("## The tree")[1]
    rooms = re.search(r"^portal/.*\n((?:  .*\n)+)", tree, re.MULTILINE)[1]
    shown = {line.split()[0] for line in rooms.splitlines()}
    there = {f"{name}/" for name in SLICES} | {p.name for p in PORTAL.glob("*.py") if p.stem != "__init__"}
    assert shown == there


def test_migrations_are_named_by_day_and_deed():
    names = [path.name for path in (ROOT / "migrations/versions").glob("*.py")]
    assert names
    assert [name for name in names if not re.fullmatch(r"20\d{6}_[a-z0-9_]+\.py", name)] == []
