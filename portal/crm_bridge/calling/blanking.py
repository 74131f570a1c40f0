"""Blanking: what is noted of a call, or said of an error, holds no secret."""

import json
import re
from collections.abc import Collection, Iterable, Iterator
from html import escape
from itertools import islice
from typing import Any
from urllib.parse import quote, quote_plus

BLANK = "•••"
LONGEST = 2_000
LOOKED_AT = 8 * LONGEST
"""Of a body so much is looked at for what is noted of it: all of it would take as long as whoever sends it likes."""

MOST_OF_A_PAGE, DEEPEST = 4_000, 6
"""So far words are looked for in a page, and in layers of JSON."""

USUAL = ("message", "detail", "error_description", "error", "errors", "title")
SHORTEST_SECRET = 6
"""Shorter values are not looked for in texts: they would blank half of them."""

SECRET_NAMES = re.compile(
    r"pass(word|wd|phrase)?$|secret|token$|api_?key|authorization|assertion|private_?key|signature|session",
    re.I,
)
_AS_FORM = re.compile(r"(?<![\w.-])([\w.-]+)=([^&\s]*)")
_AS_JSON = re.compile(r'"([\w.-]+)"(\s*:\s*)"((?:[^"\\]|\\.)*)("|$)')


def blanked(text: str, secrets: Iterable[str]) -> str:
    """The text without these secrets, in whichever of the usual forms they stand in it."""
    forms = {form for each in secrets if len(each) >= SHORTEST_SECRET for form in _forms(each)}
    for form in sorted(forms, key=len, reverse=True):
        text = text.replace(form, BLANK)
    return text


def _forms(secret: str) -> Iterator[str]:
    """As it is, and as programs write it in JSON, in addresses and in HTML."""
    in_json = json.dumps(secret)[1:-1]
    yield from (secret, in_json, in_json.replace("/", "\\/"), quote(secret, safe=""), quote_plus(secret))
    yield from (escape(secret), escape(secret, quote=False))
    for sign in "&<>'/+=":
        in_json = in_json.replace(sign, f"\\u{ord(sign):04x}")
        yield in_json


def noted(body: bytes | str, secrets: Collection[str]) -> str:
    """A body as it is noted: values of secret names and known secrets blanked, cut to LONGEST."""
    text = body[:LOOKED_AT] if isinstance(body, str) else body[:LOOKED_AT].decode("utf-8", "replace")
    text = text.replace("\0", "\ufffd")
    text = (
        _AS_JSON.sub(_json_pair, text) if text.lstrip()[:1] in ("{", "[") else _AS_FORM.sub(_form_pair, text)
    )
    text = blanked(text, secrets)
    if len(body) > LOOKED_AT:
        # The beginning of a secret may stand at the edge.
        text = text[: -max(map(len, secrets), default=0) or None]
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _json_pair(found: re.Match[str]) -> str:
    name, colon, value, end = found.groups()
    return f'"{name}"{colon}"{BLANK if SECRET_NAMES.search(name) else value}{end}'


def _form_pair(found: re.Match[str]) -> str:
    name, value = found.groups()
    return f"{name}={BLANK if SECRET_NAMES.search(name) else value}"


def words_of(data: Any, text: str) -> str:
    """What a CRM says of an error, in its own words: the usual places in JSON, else the text without tags; one line that
    can be kept and read."""
    said = _first_words(data, DEEPEST)
    if not said:
        said = re.sub(r"<(script|style)\b.*?</\1>|<[^>]*>", " ", text[:MOST_OF_A_PAGE], flags=re.S | re.I)
    return " ".join("".join(each if each.isprintable() else " " for each in said[:MOST_OF_A_PAGE]).split())[
        :300
    ]


def _first_words(data: Any, deep: int) -> str:
    """Each part is looked at once: whoever nests them could have us look for ever."""
    if isinstance(data, str):
        return data[:MOST_OF_A_PAGE]
    if not deep:
        return ""
    if isinstance(data, list):
        return "; ".join(filter(None, (_first_words(each, deep - 1) for each in data[:5])))
    if not isinstance(data, dict):
        return ""
    for name in USUAL:
        if said := _first_words(data.get(name), deep - 1):
            return said
    rest = [(name, value) for name, value in islice(data.items(), 20) if name not in USUAL][:5]
    found = ((name, _first_words(value, deep - 1)) for name, value in rest)
    return "; ".join(f"{name}: {said}" for name, said in found if said)
