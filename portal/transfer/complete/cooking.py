"""Texts travel as they were written, never as HTML of ours: what is read is cooked and cleaned here."""

from typing import Any

from portal import markup
from portal.discussion.models import introduction
from portal.transfer.opening import Unsafe

COOKED = {"body_html": "is cooked from the text"}
INTRODUCED = COOKED | {"summary": "is cooked from the text"}
KINDS = {"html": markup.HTML_VERSION, "markdown": markup.VERSION}


def tell(values: dict[str, Any]) -> dict[str, Any]:
    """Whether the text is Markdown or HTML, in the place of the version of a renderer."""
    html = str(values["cooked_with"]).startswith(markup.HTML_MARK)
    return values | {"cooked_with": "html" if html else "markdown"}


def cook(values: dict[str, Any]) -> dict[str, Any]:
    """The text cooked by this portal. Raises Unsafe for another kind of text."""
    if values.get("cooked_with") not in KINDS or not isinstance(values.get("body"), str):
        raise Unsafe("cooked_with is neither markdown nor html")
    cooked = markup.cook_again(values["body"], KINDS[values["cooked_with"]])
    return values | {"body_html": cooked.html, "cooked_with": cooked.version}


def introduce(values: dict[str, Any]) -> dict[str, Any]:
    """The same, with the first words for cards."""
    cooked = cook(values)
    return cooked | {"summary": introduction(cooked["body_html"])}
