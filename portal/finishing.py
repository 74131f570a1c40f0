"""The last touch on safe HTML: outgoing links are marked, pictures shown or made links, headings put below the page's."""

import re
from collections.abc import Iterable, Iterator
from html import unescape
from typing import Any

from bleach.html5lib_shim import Filter  # type: ignore[attr-defined]

IMAGE = r"/images/(?P<key>[A-Za-z0-9_-]{22})-(?P<width>[1-9]\d{0,4})x(?P<height>[1-9]\d{0,4})"
"""The address of an image of ours, with its measures. Only these are shown as images."""
SCHEME = re.compile(r"^\s*([a-z][a-z0-9+.\-]*):", re.IGNORECASE)
INVISIBLE = re.compile(r"[\x00-\x20\x7f-\xa0\xad\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]")
_IMAGE = re.compile(IMAGE)
_HTML = "http://www.w3.org/1999/xhtml"
_HEADINGS = {"h1": "h3", "h2": "h4", "h3": "h5", "h4": "h6", "h5": "h6"}


class Finish(Filter):
    """Marks outgoing links, turns pictures of other hosts (our CSP blocks them) into links to them, shows our own,
    and puts headings below those of the page."""

    def __init__(self, source: Iterable[dict[str, Any]], follow: bool) -> None:
        super().__init__(source)
        self.rel = "noopener" if follow else "nofollow ugc noopener"

    def __iter__(self) -> Iterator[dict[str, Any]]:
        inside = False
        for token in super().__iter__():
            if token.get("name") == "a":
                inside = token["type"] == "StartTag"
                if inside:
                    self._mark(token)
            if token.get("name") in _HEADINGS:
                token["name"] = _HEADINGS[token["name"]]
            if token.get("name") == "img":
                yield from self._picture(token, inside)
            else:
                yield token

    def _mark(self, token: dict[str, Any]) -> None:
        href = token["data"].get((None, "href"), "")
        bare = INVISIBLE.sub("", unescape(href)).replace("\\", "/")
        if SCHEME.match(bare) or bare.startswith("//"):
            token["data"][(None, "rel")] = self.rel

    def _picture(self, token: dict[str, Any], inside: bool) -> Iterator[dict[str, Any]]:
        source = token["data"].get((None, "src"), "")
        if not source:
            return
        alt = unescape(token["data"].get((None, "alt"), "")).strip()
        if ours := _IMAGE.fullmatch(source):
            yield self._shown(token, ours, alt)
            return
        text = alt or "picture"
        words = {"type": "Characters", "data": f"[{text}]"}
        if inside:
            yield words
            return
        link = {"type": "StartTag", "name": "a", "namespace": _HTML, "data": {(None, "href"): source}}
        self._mark(link)
        yield link
        yield words
        yield {"type": "EndTag", "name": "a", "namespace": _HTML, "data": {}}

    def _shown(self, token: dict[str, Any], ours: re.Match[str], alt: str) -> dict[str, Any]:
        """An image of ours, for which the page keeps room before it is there."""
        facts = {
            "src": ours[0],
            "alt": alt,
            "width": ours["width"],
            "height": ours["height"],
            "loading": "lazy",
        }
        return token | {"data": {(None, name): value for name, value in facts.items()}}
