"""What may stand in a page, judged on what a browser makes of it."""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

# What people may write, said here a second time so that a slip in the portal's own list is seen.
PLAIN = (
    "abbr b blockquote br code dd del div dl dt em h1 h2 h3 h4 h5 h6 hr i kbd li ol p pre s span strike strong sub "
    "sup table tbody td th thead tr ul"
)
WRITTEN = re.compile(
    rf"<(?:(?:{'|'.join(PLAIN.split())})"
    r"|abbr title|ol start|(?:code|span) class=(?:language-|hl-)[a-z0-9_\- ]+"
    r"|a(?: href>(?:ours|https?:|mailto:|nowhere))?(?: rel=(?:nofollow ugc )?noopener)?(?: title)?)>"
)
NEVER = re.compile(
    r" on\w+(?=[ >])| style(?=[ >])| srcdoc| http-equiv|>(?:javascript|data|vbscript|blob|file):| hx-on"
    r"|<(?:base|iframe|frame|object|embed|applet|style|template|portal|math|foreign:(?:script|foreignObject|a|use))\b"
    r"|<script[^>]*> (?:inline|of broken data)"
)
FROM_ELSEWHERE = re.compile(r" (?:src|href|action|formaction|hx-\w+)>(?!ours)")


@dataclass(frozen=True)
class Shape:
    """Kinds of elements and how often each stands there: `made` by our templates, `written` by people."""

    made: Counter[str]
    written: Counter[str]
    text: str

    @property
    def alarms(self) -> list[str]:
        """What must stand in no page of ours, whoever wrote what."""
        strange = [each for each in self.written if not WRITTEN.fullmatch(each)]
        return strange + [each for each in [*self.made, *self.written] if NEVER.search(each)]

    def shows(self, words: str) -> bool:
        """Whether these words can be read in the page, however they are broken into lines."""
        return squeezed(words) in self._read

    @cached_property
    def _read(self) -> str:
        return squeezed(self.text)


def squeezed(text: str) -> str:
    """The letters in their order, without blanks and signs that cannot be seen."""
    seen = unicodedata.normalize("NFC", text)
    return re.sub(r"[\s\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ufffd]+", "", seen)
