"""Text is cooked once: Markdown in, safe HTML out, sanitized last against our allow-list and our own scheme check."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from html import escape, unescape
from typing import Any

import bleach
from linkify_it import LinkifyIt
from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, table
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name

from portal.finishing import IMAGE as IMAGE
from portal.finishing import INVISIBLE, SCHEME, Finish

VERSION = "1"
HTML_MARK = "html-"
HTML_VERSION = HTML_MARK + VERSION
VERSIONS = (VERSION, HTML_VERSION)
LONGEST = 25_000
LONGEST_HTML = 100_000
LONGEST_LINK = 2_000

TAGS = frozenset(
    "a abbr b blockquote br code dd del div dl dt em h1 h2 h3 h4 h5 h6 hr i img kbd li ol p pre s span strike strong "  # noqa: SIM905
    "sub sup table tbody td th thead tr ul".split()
)
LANGUAGES = frozenset(
    "bash c c# c++ cpp console cs csharp css diff docker dockerfile go graphql html http ini java javascript js json "  # noqa: SIM905
    "jsx kotlin lua markdown md nginx perl php powershell ps1 py python r rb ruby rust scala sh shell sql "
    "swift text toml ts tsx typescript xml yaml yml".split()
)
"""What is highlighted: languages that people ask about, and whose lexers stay quick (bench/markup.py)."""
LONGEST_CODE = 3_000
MOST_CELLS = 5_000
HEAVIEST = 100_000
SCHEMES = frozenset({"http", "https", "mailto"})
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)[^>]*>?")
# In safe HTML every attribute stands in quotation marks.
_ELEMENT = re.compile(r'<(?:[^">]|"[^"]*")*>')
_VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "wbr", "col", "area"})
# Looking for links in a run without a blank takes the square of its length.
_ENDLESS = re.compile(rf"\S{{{LONGEST_LINK}}}")
_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")
# Paragraphs of nothing but letters: no other tag, no attribute, no character that a parser might take for something else.
_LETTERS = re.compile(
    r"(?:<p>(?:[^<>&\x00-\x08\x0b-\x1f\x7f-\xa0\u2028\u2029\ufdd0-\ufdef\ufeff\ufffe\uffff]++"
    r"|<br />\n|&(?:quot|lt|gt);)*+</p>\n*+)*+"
)
_CODE_CLASS = re.compile(r"(?:hl|language)-[\w#+.\-]{1,40}\Z", re.ASCII)


@dataclass(frozen=True)
class Cooked:
    """HTML that is safe to show, with the version of the renderer that made it."""

    html: str
    version: str = VERSION


def cook(source: str) -> Cooked:
    """Markdown (CommonMark, tables, strikethrough, bare links; HTML off) as safe HTML.

    Longer text than LONGEST is cut: forms refuse it earlier, this guards every other way in.
    """
    source = plain(source)[:LONGEST]
    return Cooked(_safe(_renderer(_ENDLESS.search(source) is None).render(source), follow=False))


def clean(html: str) -> Cooked:
    """Imported HTML on the same allow-list; its links are followed, because attribution asks for it.

    The version says that the source is HTML, so that `cook_again` and edits treat it as such. HTML that is made
    to keep a parser busy becomes its plain text; more than LONGEST_HTML is cut.
    """
    html = plain(html)[:LONGEST_HTML]
    if _weight(html) > HEAVIEST:
        html = escape(_TAG.sub(" ", html))
    return Cooked(_safe(html, follow=True), version=HTML_VERSION)


def cook_again(source: str, version: str) -> Cooked:
    """The same kind of source as `version` says (Markdown, or imported HTML), cooked by this renderer."""
    return clean(source) if version.startswith(HTML_MARK) else cook(source)


def text_of(html: str, length: int = 300) -> str:
    """The first `length` characters of the visible text of HTML that `cook` or `clean` made, for cards, search and mails."""
    spaced = re.sub(r"<(?:/?(?:p|li|br|pre|blockquote|h\d|tr|td|div))\b[^>]*>", " ", html)
    plain = " ".join(unescape(_ELEMENT.sub("", spaced)).split())
    return plain if len(plain) <= length else plain[: length - 1].rsplit(" ", 1)[0] + "…"


def link_allowed(url: str) -> bool:
    """Whether a link target has a scheme on our list (or none, as within this site).

    Our own check beside bleach's: bleach alone takes `javascript:1` for a host with a port.
    """
    seen = SCHEME.match(INVISIBLE.sub("", unescape(url)))
    return seen is None or seen.group(1).lower() in SCHEMES


def plain(text: str) -> str:
    """Text as it can be stored anywhere: one kind of line end, and a mark where a database would refuse."""
    return _UNSTORABLE.sub("\ufffd", text).replace("\r\n", "\n").replace("\r", "\n")


def _weight(html: str) -> int:
    """What a parser's work grows with: tags, and the square of their attributes, times the most that are open at once."""
    tags = most = level = 0
    for tag in _TAG.finditer(html):
        closing, name = tag.groups()
        if name.lower() not in _VOID:
            level = max(0, level - 1) if closing else level + 1
        tags, most = tags + 1 + len(tag[0].replace("/", " ").split()) ** 2 // 100, max(most, level)
    return tags * max(most, 1)


@lru_cache(maxsize=2)
def _renderer(linkify: bool) -> MarkdownIt:
    options = {"html": False, "linkify": linkify, "breaks": True, "maxNesting": 20}
    markdown = MarkdownIt("commonmark", options).enable(["table", "strikethrough", "linkify"])
    # Only what has a scheme is a link: "notes.md" and "main.py" are files, not hosts in Moldova and Paraguay.
    markdown.linkify = LinkifyIt(options={"fuzzy_link": False, "fuzzy_email": False, "fuzzy_ip": False})
    # A character reference is shown as typed, like every other piece of HTML; a host, too, in its own letters.
    markdown.disable("entity").inline.ruler.before("emphasis", "times", _times)
    markdown.block.ruler.at("table", _table, {"alt": ["paragraph", "reference"]})
    markdown.add_render_rule("fence", _fence)
    markdown.validateLink = link_allowed  # type: ignore[method-assign]
    markdown.normalizeLinkText = str  # type: ignore[method-assign, assignment]
    return markdown


def _times(state: StateInline, silent: bool) -> bool:
    """A single asterisk between letters or digits, as in 7*7, is one: it opens and closes no emphasis."""
    before, here, after = (state.src[n : n + 1] for n in range(state.pos - 1, state.pos + 2))
    if (
        here != "*"
        or not state.pos
        or not (before + after).isascii()
        or not (before.isalnum() and after.isalnum())
    ):
        return False
    if not silent:
        state.pending += here
    state.pos += 1
    return True


def _table(state: StateBlock, first: int, end: int, silent: bool) -> bool:
    """A table; its rows beyond the first MOST_CELLS cells of a text stay text. A row of one sign may have 500 cells."""
    columns = state.src.count("|", state.bMarks[first], state.eMarks[first]) + 1
    rows = (MOST_CELLS - state.env.get("cells", 0)) // columns
    if rows < 1:
        return False
    before = len(state.tokens)
    found = table(state, first, min(end, first + 1 + rows), silent)
    # Each cell has three tokens.
    state.env["cells"] = state.env.get("cells", 0) + (len(state.tokens) - before) // 3
    return found


def _fence(_renderer: Any, tokens: Sequence[Token], index: int, _options: Any, env: Any) -> str:
    """A block of code; the first LONGEST_CODE signs of all blocks of a text are highlighted."""
    code = tokens[index].content
    language = (tokens[index].info.split() or [""])[0]
    env["code"] = env.get("code", 0) + len(code)
    if language.lower() in LANGUAGES and env["code"] <= LONGEST_CODE:
        lexer = get_lexer_by_name(language.lower())
        shown = highlight(code, lexer, HtmlFormatter(nowrap=True, classprefix="hl-"))
    else:
        shown = escape(code)
    name = f' class="language-{escape(language)}"' if language else ""
    return f"<pre><code{name}>{shown}</code></pre>\n"


def _attribute_allowed(tag: str, name: str, value: str) -> bool:
    if name == "href":
        return tag == "a" and link_allowed(value)
    if name == "src":
        return tag == "img" and link_allowed(value) and not value.strip().lower().startswith("mailto:")
    if name == "class":
        return tag in {"code", "span"} and all(map(_CODE_CLASS.match, value.split()))
    if name == "start":
        return tag == "ol" and value.isascii() and value.isdigit() and len(value) < 7
    return (name == "title" and tag in {"a", "abbr"}) or (name == "alt" and tag == "img")


def _safe(html: str, *, follow: bool) -> str:
    """The HTML through the cleaner. Most comments are paragraphs of letters, which it would only write as we do."""
    if _LETTERS.fullmatch(html):
        return html.replace("<br />", "<br>")
    return str(_cleaner(follow).clean(html))


@lru_cache(maxsize=2)
def _cleaner(follow: bool) -> bleach.Cleaner:
    return bleach.Cleaner(
        tags=TAGS,
        attributes=_attribute_allowed,
        protocols=SCHEMES,
        strip=True,
        strip_comments=True,
        filters=[partial(Finish, follow=follow)],
    )
