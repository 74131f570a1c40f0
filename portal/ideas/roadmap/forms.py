"""What may come in about roadmaps."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput

from portal import pages
from portal.database import db
from portal.discussion.forms import Visible, tidy
from portal.ideas.audiences.forms import Audienced
from portal.ideas.forms import number, one_line
from portal.ideas.models import Board
from portal.ideas.roadmap.columns import Column
from portal.ideas.roadmap.models import Arrangement, Choice, Roadmap
from portal.ideas.roadmap.queries import PLACED
from portal.ideas.standing import Standing

ARRANGEMENTS = [
    SelectChoice(Arrangement.STATUS.value, "The statuses below: moving an idea changes its status"),
    SelectChoice(Arrangement.QUARTER.value, "Quarters: moving an idea changes what it is meant for"),
]
CHOICES = [
    SelectChoice(Choice.AUTOMATIC.value, "As the roadmap says: by its board and status"),
    SelectChoice(Choice.PINNED.value, "Yes, whatever its board"),
    SelectChoice(Choice.LEFT_OUT.value, "No, leave it out"),
]
MOST_COLUMNS = 6
PLAIN = ("name", "description", "position", "arrangement", "automatic", "audience")
_COLUMNS = tuple(f"column_{n}" for n in range(1, MOST_COLUMNS + 1))
_LONG = "Use at most 300 characters."


def _column(n: int) -> SelectField:
    return SelectField(f"Status {n}", default="")


class RoadmapForm(Audienced, pages.Form):
    """What shows on a roadmap, and to whom."""

    name = StringField("Name", [Visible(most=60, what="name")], filters=[one_line])
    description = TextAreaField(
        "What it shows", [Length(max=300, message=_LONG)], filters=[tidy], render_kw={"rows": 2}
    )
    position = IntegerField(
        "Order",
        [InputRequired("Type a number."), NumberRange(0, 9999, message="Use a number from 0 to 9999.")],
        default=1,
        description="Low numbers stand first; the first one is what people see when they open the roadmap.",
        render_kw={"inputmode": "numeric"},
    )
    arrangement = RadioField("The columns are", choices=ARRANGEMENTS, default=Arrangement.STATUS)
    column_1 = _column(1)
    column_2 = _column(2)
    column_3 = _column(3)
    column_4 = _column(4)
    column_5 = _column(5)
    column_6 = _column(6)
    boards = SelectMultipleField(
        "Boards",
        coerce=number,
        option_widget=CheckboxInput(),
        choices=[],
        description="None chosen: all boards.",
    )
    automatic = BooleanField(
        "Ideas come by themselves",
        default=True,
        description="By their board and status. Otherwise only those stand here that are put on by hand.",
    )

    def __init__(self, *args: Any, place: Roadmap | None = None, **kwargs: Any) -> None:
        kept: dict[str, Any] = {}
        if place is not None:
            kept = {name: getattr(place, name) for name in PLAIN} | {"boards": place.board_ids}
            kept |= dict(zip(_COLUMNS, place.statuses, strict=False))
        super().__init__(*args, place=place, **{**kept, **kwargs})
        self.roadmap = place

    def offer(self, statuses: Iterable[Standing], boards: Iterable[Board]) -> "RoadmapForm":
        """Let people choose among these. A status that was given up stays where it was chosen."""
        held = self.roadmap.statuses if self.roadmap else []
        known = {each.key: each.name for each in statuses}
        known |= {key: key.replace("_", " ").capitalize() for key in held if key not in known}
        for name in _COLUMNS:
            self[name].choices = [
                SelectChoice("", "No status"),
                *(SelectChoice(*each) for each in known.items()),
            ]
        self.boards.choices = [SelectChoice(each.id, each.name) for each in boards]
        return self

    @property
    def chosen_columns(self) -> list[Any]:
        """The fields of the statuses, for the page."""
        return [self[name] for name in _COLUMNS]

    def validate_name(self, field: Any) -> None:
        """Raises ValidationError for a name that another roadmap has."""
        same = sa.select(Roadmap.id).where(sa.func.lower(Roadmap.name) == field.data.lower())
        if self.roadmap is not None:
            same = same.where(Roadmap.id != self.roadmap.id)
        if db.session.scalar(same.limit(1)) is not None:
            raise ValidationError("Another roadmap has this name.")

    def validate_column_1(self, _field: Any) -> None:
        """Raises ValidationError when no status was chosen at all."""
        if not self.statuses():
            raise ValidationError("Choose at least one status.")

    def statuses(self) -> list[str]:
        """The keys of the chosen statuses in their order, each once."""
        return list(dict.fromkeys(self[name].data for name in _COLUMNS if self[name].data))

    def fields(self) -> dict[str, Any]:
        """What was typed, as `drawing` takes it."""
        plain = {name: self[name].data for name in PLAIN}
        return plain | {
            "statuses": self.statuses(),
            "boards": self.boards.data or [],
            "chosen": self.chosen(),
        }


class MoveForm(pages.Form):
    """Where an idea goes: a column, and its place there, or the idea that it stands behind."""

    column = SelectField("Column", [InputRequired("Choose a column.")])
    place = IntegerField(
        "Place",
        [Optional(), NumberRange(1, PLACED, message=f"Use a number from 1 to {PLACED}.")],
        description="1 is the top. Empty: by votes.",
        render_kw={"inputmode": "numeric"},
    )
    after = HiddenField()
    ground = SelectField("Main reason", default="", description="Needed when it will not be done.")
    reason = StringField(
        "Why",
        [Length(max=500, message="At most 500 characters.")],
        filters=[one_line],
        description="Everybody reads it beside the new status.",
    )

    def offer(self, columns: Sequence[Column], grounds: Mapping[str, str]) -> "MoveForm":
        """Let people choose among the columns of the roadmap, and the grounds of the house by key."""
        self.column.choices = [SelectChoice(each.key, each.name) for each in columns]
        named = [SelectChoice(*each) for each in grounds.items()]
        self.ground.choices = [SelectChoice("", "Choose one"), *named]
        return self

    def words(self) -> dict[str, Any]:
        """What is said with another status."""
        return {"reason": self.reason.data or "", "ground": self.ground.data or ""}

    def where(self) -> dict[str, Any]:
        """The place, as `moving.move` takes it; the idea that it stands behind goes before a number."""
        after = number(self.after.data or "")
        if after:
            return {"after": after if after < 2**63 else None, "place": None}
        return {"after": None, "place": self.place.data}


class ChoiceForm(pages.Form):
    """Whether an idea stands on the roadmap."""

    choice = RadioField("Is it on this roadmap?", choices=CHOICES)
    reason = StringField(
        "Why",
        [Length(max=300, message=_LONG)],
        filters=[one_line],
        description="Only staff read this.",
        id="choice-reason",
    )
