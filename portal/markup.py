"""Text is cooked once: Markdown in, safe HTML out, sanitized last against our allow-list and our own scheme check."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from html import escape, unescape
from typing import Any

import bleach
from bleach.html5lib_shim import Filter  # type: ignore[attr-defined]
from markdown_it import MarkdownIt
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

VERSION = "1"
HTML_MARK = "html-"
HTML_VERSION = HTML_MARK + VERSION
VERSIONS = (VERSION, HTML_VERSION)
LONGEST = 50_000

TAGS = frozenset(
    [
        "a",
        "abbr",
        "b",
        "blockquote",
        "br",
        "code",
        "dd",
        "del",
        "div",
        "dl",
        "dt",
        "em",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "img",
        "kbd",
        "li",
        "ol",
        "p",
        "pre",
        "s",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
SCHEMES = frozenset({"http", "https", "mailto"})
_SCHEME = re.compile(r"^\s*([a-z][a-z0-9+.\-]*):", re.IGNORECASE)
_HTML = "http://www.w3.org/1999/xhtml"
_INVISIBLE = re.compile(r"[\x00-\x20\x7f-\xa0\xad\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]")
_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")
_CODE_CLASS = re.compile(r"^[a-z0-9_\- ]{1,80}$")


@dataclass(frozen=True)
class Cooked:
    """HTML that is safe to show, with the version of the renderer that made it."""

    html: str
    version: str = VERSION


def cook(source: str) -> Cooked:
    """Markdown (CommonMark, tables, strikethrough, bare links; HTML off) as safe HTML.

    Longer text than LONGEST is cut: forms refuse it earlier, this guards every other way in.
    """
    return Cooked(_safe(_renderer().render(plain(source)[:LONGEST]), follow=False))


def clean(html: str) -> Cooked:
    """Imported HTML on the same allow-list; its links are followed, because attribution asks for it.

    The version says that the source is HTML, so that `cook_again` and edits treat it as such.
    """
    return Cooked(_safe(plain(html), follow=True), version=HTML_VERSION)


def cook_again(source: str, version: str) -> Cooked:
    """The same kind of source as `version` says (Markdown, or imported HTML), cooked by this renderer."""
    return clean(source) if version.startswith(HTML_MARK) else cook(source)


def text_of(html: str, length: int = 300) -> str:
    """The first `length` characters of the visible text, for cards, search and mails."""
    spaced = re.sub(r"<(?:/?(?:p|li|br|pre|blockquote|h\d|tr|td|div))\b[^>]*>", " ", html)
    plain = bleach.clean(spaced, tags=set(), strip=True, strip_comments=True)
    plain = re.sub(r"\s+", " ", unescape(plain)).strip()
    return plain if len(plain) <= length else plain[: length - 1].rsplit(" ", 1)[0] + "…"


def link_allowed(url: str) -> bool:
    """Whether a link target has a scheme on our list (or none, as within this site).

    Our own check beside bleach's: bleach alone takes `javascript:1` for a host with a port.
    """
    seen = _SCHEME.match(_INVISIBLE.sub("", unescape(url)))
    return seen is None or seen.group(1).lower() in SCHEMES


def plain(text: str) -> str:
    """Text as it can be stored anywhere: one kind of line end, and a mark where a database would refuse."""
    return _UNSTORABLE.sub("\ufffd", text).replace("\r\n", "\n").replace("\r", "\n")


@lru_cache(maxsize=1)
def _renderer() -> MarkdownIt:
    options = {"html": False, "linkify": True, "breaks": True, "maxNesting": 40, "highlight": _highlighted}
    markdown = MarkdownIt("commonmark", options).enable(["table", "strikethrough", "linkify"])
    markdown.validateLink = link_allowed  # type: ignore[method-assign]
    # An address is shown as it was typed: decoded, xn--80ak6aa92e.com would look like another one.
    markdown.normalizeLinkText = lambda link: link  # type: ignore[method-assign]
    return markdown


def _highlighted(code: str, language: str, _attributes: Any) -> str:
    try:
        lexer = get_lexer_by_name(language) if language else None
    except ClassNotFound:
        lexer = None
    if lexer is None or len(code) > 10_000:
        return escape(code)
    return highlight(code, lexer, HtmlFormatter(nowrap=True, classprefix="hl-"))


def _attribute_allowed(tag: str, name: str, value: str) -> bool:
    if name == "href":
        return tag == "a" and link_allowed(value)
    if name == "src":
        return tag == "img" and link_allowed(value) and not value.strip().lower().startswith("mailto:")
    if name == "class":
        return (
            tag in {"code", "span"}
            and bool(_CODE_CLASS.match(value))
            and value.startswith(("language-", "hl-"))
        )
    if name == "start":
        return tag == "ol" and value.isascii() and value.isdigit() and len(value) < 7
    return (name == "title" and tag in {"a", "abbr", "img"}) or (name == "alt" and tag == "img")


def _safe(html: str, *, follow: bool) -> str:
    return str(_cleaner(follow).clean(html))


@lru_cache(maxsize=2)
def _cleaner(follow: bool) -> bleach.Cleaner:
    return bleach.Cleaner(
        tags=TAGS,
        attributes=_attribute_allowed,
        protocols=SCHEMES,
        strip=True,
        strip_comments=True,
        filters=[partial(_Links, follow=follow)],
    )


class _Links(Filter):
    """Marks outgoing links, and turns pictures of other hosts, which our CSP blocks, into links to them."""

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
            if token.get("name") == "img":
                yield from self._picture(token, inside)
            else:
                yield token

    def _mark(self, token: dict[str, Any]) -> None:
        href = token["data"].get((None, "href"), "")
        if _SCHEME.match(href) or href.startswith("//"):
            token["data"][(None, "rel")] = self.rel

    def _picture(self, token: dict[str, Any], inside: bool) -> Iterator[dict[str, Any]]:
        source = token["data"].get((None, "src"), "")
        if not source:
            return
        text = unescape(token["data"].get((None, "alt"), "")).strip() or "picture"
        words = {"type": "Characters", "data": f"[{text}]"}
        if inside:
            yield words
            return
        attributes = {(None, "href"): source, (None, "rel"): self.rel}
        yield {"type": "StartTag", "name": "a", "namespace": _HTML, "data": attributes}
        yield words
        yield {"type": "EndTag", "name": "a", "namespace": _HTML, "data": {}}
