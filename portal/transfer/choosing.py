"""The sources whose tables are known, by name."""

from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module

from portal.errors import Unusable
from portal.transfer.tables.describing import Table
from portal.transfer.tables.mapping import Preset, Wishes

PRESETS = {
    "table": "Any table, by the names of its columns",
    "fider": "Fider",
    "quackback": "Quackback",
    "uservoice": "UserVoice",
    "canny": "Canny",
    "aha": "Aha!",
    "madrid": "Decide Madrid",
}
"""Each is a folder beside this file with a PRESET in its reading.py; and how a page calls it."""


def recognised(tables: Sequence[Table], wishes: Wishes) -> str:
    """The name of the preset that knows all of these tables, the particular ones first. Raises Unusable for none."""
    for name in [*(each for each in PRESETS if each != "table"), "table"]:
        with suppress(Unusable):
            for each in tables:
                preset(name).layout_of(each.name, each.columns, wishes.columns)
            return name
    raise Unusable(
        "These are no tables of a tool that is known, and no column is a title. Say which column is which."
    )


def preset(name: str) -> Preset:
    """The preset of this name. Raises Unusable."""
    if name not in PRESETS:
        raise Unusable(f"There is no preset {name!r}. There are: {', '.join(PRESETS)}.")
    found: Preset = import_module(f"portal.transfer.{name}.reading").PRESET
    return found
