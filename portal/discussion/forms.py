"""What may come in as a text."""

import re
from typing import Any

from wtforms import Field, Form, TextAreaField, ValidationError

from portal import markup, pages

LONGEST_BODY = 20_000
_INVISIBLE = re.compile(
    r"[\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e"
    r"\u2060-\u206f\u3164\ufeff\ufe00-\ufe0f\uffa0\ufffd]"
)


def tidy(text: str | None) -> str:
    """What was typed, with one kind of line end and without what no database keeps, trimmed."""
    return markup.plain(text or "").strip()


def number(text: str) -> int:
    """An id or a position as an address or form gives it. Raises ValueError for what cannot be one."""
    value = int(text)
    if not 0 < value < 2**63:
        raise ValueError(text)
    return value


class Visible:
    """There must be something to see, between `least` and `most` characters of it."""

    def __init__(self, *, most: int, least: int = 1, what: str = "text") -> None:
        self.least, self.most, self.what = least, most, what

    def __call__(self, _form: Form, field: Field) -> None:
        text: Any = field.data or ""
        seen = len(_INVISIBLE.sub("", text))
        if not seen:
            raise ValidationError(f"Please write a {self.what}.")
        if seen < self.least:
            raise ValidationError(f"A {self.what} needs at least {self.least} characters.")
        if len(text) > self.most:
            over = len(text) - self.most
            raise ValidationError(f"This {self.what} is {over:,} characters too long; {self.most:,} fit.")


class PostForm(pages.Form):
    """A reply, an answer or a comment."""

    body = TextAreaField("Your text", [Visible(most=LONGEST_BODY)], filters=[tidy])
