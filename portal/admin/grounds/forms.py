"""What may come in about a ground."""

from typing import Any

from wtforms import IntegerField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, ValidationError

from portal.accounts.forms import tidy
from portal.ideas.grounds import queries
from portal.pages import Form


class GroundForm(Form):
    """A ground: its words, and where it stands."""

    name = StringField(
        "Reason",
        [DataRequired("Type a reason."), Length(max=60, message="Use at most 60 characters.")],
        filters=[tidy],
        description="A short sentence that customers read: “Too few people need it”.",
    )
    position = IntegerField(
        "Order",
        [InputRequired("Type a number."), NumberRange(0, 9999, message="Use a number from 0 to 9999.")],
        description="Low numbers stand first.",
        render_kw={"inputmode": "numeric"},
    )

    def __init__(self, *args: Any, key: str = "", **kwargs: Any) -> None:
        """`key`: of the ground that is edited, empty for a new one."""
        super().__init__(*args, **kwargs)
        self.key = key

    def validate_name(self, field: Any) -> None:
        """Raises ValidationError for the words of another one."""
        if any(each.key != self.key and each.name.lower() == field.data.lower() for each in queries.rows()):
            raise ValidationError("Another reason says so already.")

    def fields(self) -> dict[str, Any]:
        """What was typed, by column."""
        return {"name": self.name.data, "position": self.position.data}
