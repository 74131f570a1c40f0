"""What a page of ideas shows, read as a browser does."""

import re
from functools import lru_cache
from typing import Any

import html5lib


def page_of(response: Any) -> Any:
    """The document of an answer."""
    assert response.status_code in {200, 422}, response.status
    return _parsed(response.text)


@lru_cache(4)
def _parsed(text: str) -> Any:
    # Several questions are asked of one page.
    return html5lib.parse(text, namespaceHTMLElements=False)


def cards(response: Any) -> list[str]:
    """The titles of the ideas of a list, in its order."""
    return [
        "".join(card.find(".//a[@href]").itertext()).strip()
        for article in page_of(response).iter("article")
        if "idea" in article.get("class", "").split()
        for card in article.iter()
        if card.tag in {"h2", "h3"}
    ]


def text_of(element: Any) -> str:
    """The words of an element, one blank between them and none before a mark."""
    return re.sub(r" ([,.:;?!])", r"\1", " ".join(" ".join(element.itertext()).split()))


def shown(response: Any) -> str:
    """The words of a page, without header and footer."""
    return text_of(page_of(response).find(".//main"))
