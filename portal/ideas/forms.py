"""What may come in about ideas."""

import re
import secrets
from collections.abc import Iterable, Mapping
from typing import Self
from urllib.parse import urlsplit

from wtforms import (
    Form,
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length

from portal import pages
from portal.discussion.forms import Visible, tidy
from portal.ideas.models import Board
from portal.ideas.standing import Meaning, Standing

TITLE = Visible(least=3, most=200, what="title")
BODY = Visible(most=10_000)
_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")


def one_line(text: str | None) -> str:
    """A title is one line, whatever was pasted."""
    return " ".join(tidy(text).split())


def number(text: str) -> int:
    """The id that was chosen; 0 for what is none."""
    return int(text) if str(text).isascii() and str(text).isdigit() else 0


def seems_address(text: str) -> bool:
    """Whether it can be the address of a page."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def a_choice(_form: Form, field: SelectField) -> None:
    """One of those that were offered, whatever came in."""
    if field.data not in {choice.value for choice in field.choices or ()}:
        raise ValidationError("Choose one of the boards.")


class IdeaForm(pages.Form):
    """A new idea. `boards` are those that take one; any other board is refused."""

    board = SelectField("Board", [a_choice], coerce=number, validate_choice=False)
    title = StringField("What would make your day easier?", [TITLE], filters=[one_line])
    body = TextAreaField("Why does it matter, and to whom?", [BODY], filters=[tidy])
    key = HiddenField()

    def offer(self, boards: Iterable[Board]) -> "IdeaForm":
        """Let people choose among these boards."""
        self.board.choices = [SelectChoice(board.id, board.name) for board in boards]
        return self

    def give_key(self) -> None:
        """A key of its own for a form that is shown for the first time."""
        if not _KEY.fullmatch(self.key.data or ""):
            self.key.data = secrets.token_urlsafe(18)

    @property
    def usable_key(self) -> str | None:
        """The key that came back, when it can be one of ours."""
        return self.key.data if _KEY.fullmatch(self.key.data or "") else None


class EditForm(pages.Form):
    """A changed idea."""

    title = StringField("Title", [TITLE], filters=[one_line])
    body = TextAreaField("Text", [BODY], filters=[tidy])


class VoteForm(pages.Form):
    """For or against; nothing said is for. How many votes and how important: nothing said leaves it as it is."""

    value = HiddenField()
    weight = HiddenField()
    importance = HiddenField()

    @property
    def number(self) -> int:
        """1 or -1, or 0 for what cannot be a vote."""
        return {"": 1, "1": 1, "-1": -1}.get(self.value.data or "", 0)

    @property
    def votes(self) -> int | None:
        """How many votes of the board; 0 for what is no number."""
        return number(self.weight.data[:4]) if self.weight.data else None

    @property
    def matters(self) -> int | None:
        """How important it is; 0 for what is no number."""
        return number(self.importance.data[:4]) if self.importance.data else None


class Declining(pages.Form):
    """A status that may be set, and the ground that a decision against the idea needs."""

    status = SelectField("Status")
    ground = SelectField("Main reason", default="", description="Needed when it will not be done.")

    def offer(self, statuses: Iterable[Standing], grounds: Mapping[str, str]) -> Self:
        """Let people choose among the statuses of the board, and the grounds of the house by key."""
        offered = list(statuses)
        self.status.choices = [SelectChoice(each.key, each.name) for each in offered]
        self.ground.choices = [
            SelectChoice("", "Choose one"),
            *(SelectChoice(*each) for each in grounds.items()),
        ]
        self.closing = {each.key for each in offered if each.meaning == Meaning.CLOSED}
        return self

    def validate_ground(self, field: SelectField) -> None:
        """Raises ValidationError when the status says that it will not be done, and the ground is missing."""
        if self.status.data in self.closing and not field.data:
            raise ValidationError("Choose the main reason: everybody reads it, and it is counted.")


class StatusForm(Declining):
    """A decision: the status, when it is meant for, and the public word on it."""

    status = SelectField("Status", [InputRequired("Choose a status.")])
    target = StringField("Meant for", [Length(max=40, message="At most 40 characters.")], filters=[one_line])
    reason = StringField("Why", [Length(max=500, message="At most 500 characters.")], filters=[one_line])

    def words(self) -> dict[str, str]:
        """What is said with the status."""
        return {name: self[name].data or "" for name in ("reason", "target", "ground")}


class AnswerForm(Declining):
    """The official answer; an empty status leaves it as it is."""

    body = TextAreaField("Official answer", [BODY], filters=[tidy], id="answer-body")
    status = SelectField("Status", default="", id="answer-status")
    ground = SelectField(
        "Main reason", default="", id="answer-ground", description="Needed when it will not be done."
    )

    def offer(self, statuses: Iterable[Standing], grounds: Mapping[str, str]) -> Self:
        """The same, and the status may stay."""
        super().offer(statuses, grounds)
        self.status.choices = [SelectChoice("", "Leave it as it is"), *(self.status.choices or ())]
        return self


class VerdictForm(pages.Form):
    """Whether a shipped idea solves it."""

    answer = RadioField(
        "Does it solve it?",
        [InputRequired("Choose yes, partly or no.")],
        choices=[SelectChoice("yes", "Yes"), SelectChoice("partly", "Partly"), SelectChoice("no", "No")],
    )
    words = TextAreaField(
        "What is missing, or what helped?",
        [Length(max=500, message="At most 500 characters.")],
        filters=[tidy],
        description="Only staff read it.",
        id="verdict-words",
    )
