"""What a page of ideas shows, read as a browser does."""

from typing import Any

import html5lib


def page_of(response: Any) -> Any:
    """The document of an answer."""
    assert response.status_code in {200, 422}, response.status
    return html5lib.parse(response.text, namespaceHTMLElements=False)


def cards(response: Any) -> list[str]:
    """The titles of the ideas of a list, in its order."""
    return [
        "".join(card.find(".//a[@href]").itertext()).strip()
        for article in page_of(response).iter("article")
        if "idea" in article.get("class", "").split()
        for card in article.iter()
        if card.tag in {"h2", "h3"}
    ]
