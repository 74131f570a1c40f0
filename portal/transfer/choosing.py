"""The sources whose tables are known, by name."""

from importlib import import_module

from portal.errors import Unusable
from portal.transfer.tables.mapping import Preset

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


def preset(name: str) -> Preset:
    """The preset of this name. Raises Unusable."""
    if name not in PRESETS:
        raise Unusable(f"There is no preset {name!r}. There are: {', '.join(PRESETS)}.")
    found: Preset = import_module(f"portal.transfer.{name}.reading").PRESET
    return found
