"""What may come in about a board or a category."""

from typing import Any

from wtforms import BooleanField, FloatField, IntegerField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, ValidationError

from portal.accounts.forms import tidy
from portal.admin.places import queries
from portal.admin.places.queries import Place
from portal.pages import Form


class CategoryForm(Form):
    """A place for questions."""

    kind = "categories"
    name = StringField(
        "Name",
        [DataRequired("Type a name."), Length(max=60, message="Use at most 60 characters.")],
        filters=[tidy],
    )
    description = TextAreaField(
        "What belongs here",
        [Length(max=300, message="Use at most 300 characters.")],
        filters=[tidy],
        render_kw={"rows": 3, "maxlength": 300},
    )
    position = IntegerField(
        "Order",
        [InputRequired("Type a number."), NumberRange(0, 9999, message="Use a number from 0 to 9999.")],
        description="Low numbers stand first.",
        render_kw={"inputmode": "numeric"},
    )

    def __init__(self, *args: Any, place: Place | None = None, **kwargs: Any) -> None:
        """`place`: the one that is edited, None for a new one."""
        super().__init__(*args, obj=place, **kwargs)
        self.place = place

    def validate_name(self, field: Any) -> None:
        """Raises ValidationError for a name that another one has."""
        if queries.is_taken(self.kind, field.data, self.place):
            raise ValidationError("Another one has this name.")

    def fields(self) -> dict[str, Any]:
        """What was typed, by column."""
        names = ("name", "description", "position", "votes_against", "half_life")
        return {name: self[name].data for name in names if name in self and self[name] is not None}


class BoardForm(CategoryForm):
    """A place for ideas."""

    kind = "boards"
    votes_against = BooleanField("People may also vote against an idea")
    half_life = FloatField(
        "Half-life in days",
        [InputRequired("Type a number."), NumberRange(1, 3650, message="Use a number from 1 to 3650.")],
        default=30.0,
        description="After so many days a vote counts half in the order Hot. Give all boards the same, so that they "
        "compare. It stays as it is once the board holds ideas.",
        render_kw={"inputmode": "decimal"},
    )

    def __init__(self, *args: Any, place: Place | None = None, **kwargs: Any) -> None:
        super().__init__(*args, place=place, **kwargs)
        if place is not None and queries.is_used(place):
            # Stored ranks are made with it, and those of imported votes cannot be made anew.
            del self.half_life


FORMS = {"boards": BoardForm, "categories": CategoryForm}
