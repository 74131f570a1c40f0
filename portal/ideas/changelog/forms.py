"""What may come in about the changelog."""

import secrets
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from wtforms import (
    DateTimeLocalField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectChoice,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, ValidationError

from portal import pages
from portal.discussion.drafts.forms import KEY
from portal.discussion.forms import Visible, tidy
from portal.ideas.audiences.forms import Audienced, several
from portal.ideas.changelog.models import ChangelogEntry, ChangelogKind
from portal.ideas.forms import one_line
from portal.ideas.standing import COLOURS

FARTHEST = 2200


class EntryForm(Audienced, pages.Form):
    """An entry: what was shipped, of which kinds it is, and who reads it."""

    title = StringField("What is new?", [Visible(least=3, most=200, what="title")], filters=[one_line])
    body = TextAreaField(
        "What can people do now that they could not do before?", [Visible(most=20_000)], filters=[tidy]
    )
    kinds = several("Kinds")
    key = HiddenField()

    def __init__(self, *args: Any, place: ChangelogEntry | None = None, **kwargs: Any) -> None:
        kept = {"title": place.title, "body": place.body, "audience": place.audience} if place else {}
        super().__init__(*args, place=place, **{**kept, **kwargs})
        if not KEY.fullmatch(self.key.data or ""):
            self.key.data = secrets.token_urlsafe(18)

    def offer(self, kinds: Iterable[ChangelogKind]) -> "EntryForm":
        """Let people choose among these kinds."""
        self.kinds.choices = [SelectChoice(each.key, each.name) for each in kinds]
        return self

    def fields(self) -> dict[str, Any]:
        """What was typed, as `writing` takes it."""
        return {
            "title": self.title.data or "",
            "body": self.body.data or "",
            "audience": self.audience.data,
            "kinds": self.kinds.data or [],
            "chosen": self.chosen(),
        }


class ScheduleForm(pages.Form):
    """When an entry is published."""

    publish_at = DateTimeLocalField(
        "Publish it at",
        [InputRequired("Choose a day and a time.")],
        format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        description="In UTC. The worker publishes it then.",
    )

    def validate_publish_at(self, field: Any) -> None:
        """Raises ValidationError for a moment too far away."""
        if field.data is not None and field.data.year > FARTHEST:
            raise ValidationError("This moment is too far away.")

    @property
    def moment(self) -> datetime:
        """The moment, in UTC."""
        at: datetime = self.publish_at.data
        return at.replace(tzinfo=UTC)


class WithdrawForm(pages.Form):
    """Why an entry is taken back."""

    reason = StringField(
        "Why",
        [
            InputRequired("Say why: who comes by an old link reads it."),
            Length(max=500, message="At most 500 characters."),
        ],
        filters=[one_line],
        id="withdraw-reason",
    )


class KindForm(pages.Form):
    """A kind of entries."""

    name = StringField("Name", [Visible(most=40, what="name")], filters=[one_line])
    colour = RadioField(
        "Colour", choices=[SelectChoice(each, each.capitalize()) for each in COLOURS], default="plain"
    )
    position = IntegerField(
        "Order",
        [InputRequired("Type a number."), NumberRange(0, 9999, message="Use a number from 0 to 9999.")],
        default=9,
        description="Low numbers stand first.",
        render_kw={"inputmode": "numeric"},
    )

    def __init__(self, *args: Any, others: Iterable[str] = (), **kwargs: Any) -> None:
        """`others` are the names of the other kinds."""
        super().__init__(*args, **kwargs)
        self.others = {each.lower() for each in others}

    def validate_name(self, field: Any) -> None:
        """Raises ValidationError for a name that another kind has."""
        if field.data.lower() in self.others:
            raise ValidationError("Another kind has this name.")

    def fields(self) -> dict[str, Any]:
        """What was typed, by column."""
        return {name: self[name].data for name in ("name", "colour", "position")}
