"""How long the renderer takes for texts made to keep it busy. Exits 1 when one takes more CPU than its limit.

What people type has half a second; HTML, which comes in by an import only, has two.

.venv/bin/python bench/markup.py [FOLDER with cases.json]
"""

import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from portal.discussion.forms import LONGEST_BODY
from portal.markup import LANGUAGES, LONGEST_CODE, LONGEST_HTML, clean, cook

LIMITS = {"html": 2.0}
PIECES = [
    "> ", "- ", "[", "![a](", "[a](<", "*a_", "**a *", "~~a", "`a``", "|", "a\n-\n", "&amp;", "http://a.example/(",
    "http://a.example ", "<", "<!--", "\\", "#\n", "1. ", "\t", "[a]: b\n", "<a@b.example>", "a", "é", "  \n", "=\n",
]  # fmt: skip
CODE = [
    "(",
    "{",
    '"',
    "'",
    "<",
    "/*",
    "\\",
    "a",
    "a.",
    "0",
    "#",
    "=",
    "$",
    "${",
    "<!--",
    "'''",
    "\n ",
    "-",
    "::",
    "@",
]
HTML = [
    "<b>", "<div>", "<p>", "<a href=x>", "<table>", "<li>", "<b><p>", "<i><b><p></i>", "&amp;", "<!--", "<b></b>",
    "<br>", "<td>", "</p>", "<pre>", "<", "<a <", "<h1>", "<a><a>", "<svg>", "<math>", "<style>", "<title>",
]  # fmt: skip


def cases(folder: Path | None):
    """Names, and what to call."""
    for piece in PIECES:
        yield f"markdown {piece!r}", lambda piece=piece: cook(piece * (LONGEST_BODY // len(piece)))
    for language in sorted(LANGUAGES):
        for piece in CODE:
            code = piece * ((LONGEST_CODE - 1) // len(piece))
            yield (
                f"code in {language} {piece!r}",
                lambda code=code, name=language: cook(f"~~~~{name}\n{code}\n~~~~"),
            )
    for piece in HTML:
        for many in (300, LONGEST_HTML // len(piece)):
            yield f"html {many} times {piece!r}", lambda piece=piece, many=many: clean(piece * many)
    for case in json.loads((folder / "cases.json").read_text()) if folder else ():
        yield f"case {case['id']}", lambda case=case: cook(case["markdown"])


def main(folder: Path | None) -> int:
    took = []
    for name, call in cases(folder):
        began = time.process_time()
        call()
        took.append((time.process_time() - began, name))
    took.sort(reverse=True)
    for seconds, name in took[:15]:
        print(f"{seconds:7.3f} s  {name}")
    slow = [name for seconds, name in took if seconds > LIMITS.get(name.split()[0], 0.5)]
    print(f"{len(took)} texts, over their limit: {len(slow)} {slow}")
    return bool(slow)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else None))
