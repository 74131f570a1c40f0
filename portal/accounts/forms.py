"""What may come in about a person."""

import re
import unicodedata

from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from portal.pages import Form

CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
BIDI = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def tidy(text: str | None) -> str:
    """A name in one line: no control characters, nothing that turns the writing round, single spaces."""
    letters = "".join(" " if unicodedata.category(c) in {"Cc", "Zl", "Zp"} else c for c in text or "")
    return " ".join(BIDI.sub("", unicodedata.normalize("NFC", letters)).split())


def tidy_text(text: str | None) -> str:
    """A text of several lines: line ends are one sign, and there are no other control characters."""
    lines = (text or "").replace("\r\n", "\n").split("\n")
    return "\n".join(BIDI.sub("", CONTROL.sub("", line)).rstrip() for line in lines).strip()


def name_field(label: str = "Your name") -> StringField:
    """A field for the name that others read."""
    needed = DataRequired("Type the name that others shall read.")
    return StringField(
        label,
        [needed, Length(max=80, message="Use at most 80 characters.")],
        filters=[tidy],
        render_kw={"autocomplete": "name", "maxlength": 80, "dir": "auto"},
    )


class ProfileForm(Form):
    """The name and a few words about oneself."""

    name = name_field()
    about = TextAreaField(
        "About you",
        [Length(max=500, message="Use at most 500 characters.")],
        filters=[tidy_text],
        render_kw={"rows": 4, "maxlength": 500, "dir": "auto"},
    )
