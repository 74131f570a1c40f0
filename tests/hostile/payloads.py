"""Hostile texts: a few of our own, which every checkout has, and the collections beside it."""

import json
import random
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

OWN = Path(__file__).parent / "data"
# h5sc leaves these open; what stands in for them would be seen if it ran.
OPEN = {
    "%js_uri_alert%": "javascript:alert(1)",
    "%js_uri_alert_2%": "javascript:alert(2)",
    "%js_uri_alert_3%": "javascript:alert(3)",
    "%js_base64_alert%": "YWxlcnQoMSk=",
    "%js_alert_only%": "alert",
    "%html_alert_encoded%": "%3Cscript%3Ealert(1)%3C/script%3E",
}
ALERTS = ("js_alert", "js_write", "js_focus", "js_utf7_alert", "js_esc", "js_alert_template")


def own() -> list[str]:
    """The lines of data/markup.txt and the strings of data/*.json."""
    lines = (OWN / "markup.txt").read_text().splitlines()
    texts = [json.loads((OWN / f"{name}.json").read_text()) for name in ("markdown", "strings", "cells")]
    return unique([*lines, *(each for group in texts for each in group)])


def collected(shared: Path) -> list[str]:
    """Every text of the collections, each once: XSS, Markdown, strings, names, addresses, file names, cells."""
    folder = shared / "data" / "hostile"
    lines = [
        line
        for path in sorted([*(folder / "xss").glob("*.txt"), folder / "csv/payloadbox-csv.txt"])
        for line in path.read_text(errors="replace").split("\n")
    ]
    return unique([*lines, *_of_json(folder)])


def _of_json(folder: Path) -> Iterator[str]:
    for name, key in {
        "xss/h5sc-vectors": "data", "xss/dompurify-expect": "payload", "xss/bleach-data": "input",
        "markdown/cases": "markdown", "strings/usernames": "name", "strings/urls": "url",
        "files/filenames": "filename", "csv/cases": "value",
    }.items():  # fmt: skip
        yield from (_filled(row[key]) for row in read(folder / f"{name}.json"))
    yield from read(folder / "strings/blns.json")


def _filled(text: str) -> str:
    for place, what in OPEN.items():
        text = text.replace(place, what)
    for start in ALERTS:
        while (at := text.find(f"%{start}")) >= 0 and (end := text.find("%", at + 1)) > 0:
            text = f"{text[:at]}alert(1){text[end + 1 :]}"
    return text


@cache
def read(path: Path) -> list[Any]:
    """A list in a file."""
    return json.loads(path.read_text())


def unique(texts: Iterable[str]) -> list[str]:
    """Each once, in order, without the empty ones."""
    return list(dict.fromkeys(text for text in texts if text.strip()))


def sample(texts: Sequence[str], size: int) -> list[str]:
    """The same ones each time, from everywhere in the list."""
    return random.Random(2026).sample(list(texts), min(size, len(texts)))


def packed(texts: Iterable[str], longest: int, between: str = " ") -> list[str]:
    """As many as fit together in a field, one field after another. What fits in none is left out."""
    packs, pack = [], ""
    for text in texts:
        if len(text) > longest:
            continue
        if pack and len(pack) + len(between) + len(text) > longest:
            packs.append(pack)
            pack = ""
        pack = pack + between + text if pack else text
    return [*packs, pack] if pack else packs
