"""Blanking: what is noted of a call, or said of an error, holds no secret."""

import json
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, quote_plus

BLANK = "•••"
LONGEST = 2_000
SHORTEST_SECRET = 6
"""Shorter values are not looked for in texts: they would blank half of them."""

SECRET_NAMES = re.compile(
    r"pass(word|wd|phrase)?$|secret|token$|api_?key|authorization|assertion|private_?key|signature|session",
    re.I,
)
_AS_FORM = re.compile(r"([\w.-]+)=([^&\s]*)")
_AS_JSON = re.compile(r'"([\w.-]+)"(\s*:\s*)"((?:[^"\\]|\\.)*)("|$)')


def blanked(text: str, secrets: Iterable[str]) -> str:
    """The text without these secrets, in whichever of the usual forms they stand in it."""
    forms = {
        form
        for each in secrets
        if len(each) >= SHORTEST_SECRET
        for form in (each, json.dumps(each)[1:-1], quote(each, safe=""), quote_plus(each))
    }
    for form in sorted(forms, key=len, reverse=True):
        text = text.replace(form, BLANK)
    return text


def noted(body: bytes | str, secrets: Iterable[str]) -> str:
    """A body as it is noted: values of secret names and known secrets blanked, cut to LONGEST."""
    text = body if isinstance(body, str) else body.decode("utf-8", "replace")
    text = (
        _AS_JSON.sub(_json_pair, text) if text.lstrip()[:1] in ("{", "[") else _AS_FORM.sub(_form_pair, text)
    )
    text = blanked(text, secrets)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _json_pair(found: re.Match[str]) -> str:
    name, colon, value, end = found.groups()
    return f'"{name}"{colon}"{BLANK if SECRET_NAMES.search(name) else value}{end}'


def _form_pair(found: re.Match[str]) -> str:
    name, value = found.groups()
    return f"{name}={BLANK if SECRET_NAMES.search(name) else value}"


def words_of(data: Any, text: str) -> str:
    """What a CRM says of an error, in its own words: the usual places in JSON, else the text without tags."""
    said = _first_words(data)
    if not said:
        said = re.sub(r"<(script|style)\b.*?</\1>|<[^>]*>", " ", text, flags=re.S | re.I)
    return " ".join(said.split())[:300]


def _first_words(data: Any) -> str:
    if isinstance(data, str):
        return data
    if isinstance(data, list):
        return "; ".join(filter(None, map(_first_words, data[:5])))
    if not isinstance(data, dict):
        return ""
    for name in ("message", "detail", "error_description", "error", "errors", "title"):
        if said := _first_words(data.get(name)):
            return said
    return "; ".join(
        f"{name}: {said}" for name, value in list(data.items())[:5] if (said := _first_words(value))
    )
