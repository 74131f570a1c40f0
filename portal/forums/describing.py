"""A question with its answers as search engines read it (schema.org QAPage)."""

from collections.abc import Callable
from typing import Any

from portal.discussion.models import Contribution, Post
from portal.forums.reading import Screen
from portal.markup import text_of

LONGEST = 5_000


def describe(screen: Screen, address_of: Callable[[Any], str]) -> dict[str, Any] | None:
    """The structured data of a question that everyone may read, else None.

    `answerCount` is the true number of answers; the answers are those that this screen shows.
    `address_of` gives the full address of the topic, a post or a person.
    """
    topic = screen.topic
    if not topic.is_question or topic.is_hidden:
        return None
    pinned = screen.stretch.pinned if screen.is_first else None
    others = [each.post for each in screen.stretch.rows if each.post.may_answer and not each.post.is_hidden]
    question = _text(topic, "Question", address_of) | {
        "name": topic.title,
        "answerCount": topic.answers,
        "suggestedAnswer": [_answer(post, address_of) for post in others],
    }
    if pinned is not None:
        question["acceptedAnswer"] = _answer(pinned.post, address_of)
    return {"@context": "https://schema.org", "@type": "QAPage", "mainEntity": question}


def _answer(post: Post, address_of: Callable[[Any], str]) -> dict[str, Any]:
    return _text(post, "Answer", address_of) | {"upvoteCount": post.score}


def _text(thing: Contribution, kind: str, address_of: Callable[[Any], str]) -> dict[str, Any]:
    author = {"@type": "Person", "name": thing.author_name}
    if thing.author is not None and thing.author.erased_at is None:
        author["url"] = address_of(thing.author)
    return {
        "@type": kind,
        "text": text_of(thing.body_html, LONGEST),
        "datePublished": thing.created_at.isoformat(),
        "url": address_of(thing),
        "author": author,
    }
