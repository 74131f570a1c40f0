"""What may come in about a field of a board."""

from typing import Any

from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, ValidationError

from portal.accounts.forms import tidy
from portal.ideas.fields import queries
from portal.ideas.fields.models import WITH_CHOICES, BoardField, Circle, Type
from portal.pages import Form

TYPES = {
    Type.SHORT_TEXT: "Short text",
    Type.LONG_TEXT: "Long text",
    Type.NUMBER: "Whole number",
    Type.DATE: "Date",
    Type.CHOICE: "One of several choices",
    Type.CHOICES: "Any of several choices",
    Type.YES_NO: "Yes or no",
    Type.LINK: "Link",
}
CIRCLES = {
    Circle.EVERYBODY: "The author fills it in; everybody who sees the idea reads it",
    Circle.AUTHOR: "The author fills it in; only they and staff read it",
    Circle.STAFF: "Staff fill it in on the page of the idea; only staff read it",
    Circle.PLANNERS: "Product managers fill it in beside the plan; only staff read it",
}
LONGEST_CHOICE = 80


def _choices(words: Any) -> list[SelectChoice]:
    return [SelectChoice(str(key), says) for key, says in words.items()]


class FieldForm(Form):
    """A field of a board. `agreed` is the mark of the change that was explained."""

    name = StringField(
        "Name",
        [DataRequired("Type a name."), Length(max=60, message="Use at most 60 characters.")],
        description="As a question or a word: “Which version?”, “Team size”.",
        filters=[tidy],
    )
    help = StringField("Help", [Length(max=200, message="Use at most 200 characters.")], filters=[tidy])
    type = SelectField(
        "Type", choices=_choices(TYPES), default=Type.SHORT_TEXT, description="It cannot be changed later."
    )
    choices = TextAreaField(
        "Choices",
        [Length(max=5_000, message="Use at most 5,000 characters.")],
        description="One in a line, for a field with choices.",
        render_kw={"rows": 4},
    )
    circle = RadioField(
        "Who fills it in, and who reads it", choices=_choices(CIRCLES), default=Circle.EVERYBODY
    )
    required = BooleanField("Every new idea needs a value")
    position = IntegerField(
        "Order",
        [InputRequired("Type a number."), NumberRange(0, 9999, message="Use a number from 0 to 9999.")],
        description="Low numbers stand first.",
        render_kw={"inputmode": "numeric"},
    )
    agreed = HiddenField()

    def __init__(self, *args: Any, board_id: int, of: BoardField | None = None, **kwargs: Any) -> None:
        """`of`: the field that is edited, None for a new one. Of that the type stays, and choices are added."""
        given = {name: getattr(of, name) for name in PLAIN} if of else {}
        super().__init__(*args, **given, **kwargs)
        self.board_id, self.of = board_id, of
        if of is not None:
            del self.type
            self.choices.label.text, self.choices.description = "More choices", "One in a line."
            if not of.has_choices:
                del self.choices

    def listed(self) -> list[str]:
        """The choices that were typed, each once."""
        lines = (" ".join(line.split()) for line in (self.choices.data or "").splitlines() if self.choices)
        return list(dict.fromkeys(line for line in lines if line))

    def validate_name(self, field: Any) -> None:
        """Raises ValidationError for a name that another field of the board has."""
        there = queries.fields_of(self.board_id, archived=True)
        if any(each is not self.of and each.name.lower() == field.data.lower() for each in there):
            raise ValidationError("Another field of this board has this name.")

    def validate_choices(self, field: Any) -> None:
        """Raises ValidationError for a field with choices that has none, and for choices that are too long."""
        if self.of is None and self.type.data in WITH_CHOICES and not self.listed():
            raise ValidationError("Type at least one choice.")
        if any(len(each) > LONGEST_CHOICE for each in self.listed()):
            raise ValidationError(f"Use at most {LONGEST_CHOICE} characters for a choice.")

    def facts(self) -> dict[str, Any]:
        """What was typed, by column."""
        return {name: self[name].data for name in PLAIN} | ({"type": self.type.data} if self.type else {})

    def offered(self) -> list[str]:
        """The choices to add; none where the type has none."""
        takes = self.of.has_choices if self.of else self.type.data in WITH_CHOICES
        return self.listed() if takes else []


PLAIN = ("name", "help", "circle", "required", "position")


class ChoiceForm(Form):
    """The name of a choice."""

    name = StringField(
        "Name of the choice",
        [DataRequired("Type a name."), Length(max=LONGEST_CHOICE, message="Use at most 80 characters.")],
        filters=[tidy],
    )
