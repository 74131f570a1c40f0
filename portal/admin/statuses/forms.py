"""What may come in about a status."""

from typing import Any

from wtforms import IntegerField, RadioField, SelectChoice, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, ValidationError

from portal.accounts.forms import tidy
from portal.ideas.standing import Meaning, Votes
from portal.ideas.statuses import queries
from portal.pages import Form

COLOURS = {
    "plain": "Grey",
    "warm": "Yellow",
    "accent": "The colour of the house",
    "good": "Green",
    "ended": "Faded",
    "bad": "Red",
}
MEANINGS = {
    Meaning.ACTIVE: "The idea is alive: it waits, or somebody works on it",
    Meaning.COMPLETE: "It is done: the author earns what a shipped idea earns",
    Meaning.CLOSED: "It will not be done",
}
VOTES = {
    Votes.TAKES: "Votes can be cast and taken back",
    Votes.CLOSED: "No more votes; those that were cast stay in people’s budgets",
    Votes.RETURNED: "No more votes; those that were cast are free again in people’s budgets",
}


def _choices(words: Any) -> list[SelectChoice]:
    return [SelectChoice(str(key), says) for key, says in words.items()]


class StatusForm(Form):
    """A status: its looks, and what it means."""

    name = StringField(
        "Name",
        [DataRequired("Type a name."), Length(max=40, message="Use at most 40 characters.")],
        filters=[tidy],
    )
    colour = SelectField("Colour", choices=_choices(COLOURS), default="plain")
    position = IntegerField(
        "Order",
        [InputRequired("Type a number."), NumberRange(0, 9999, message="Use a number from 0 to 9999.")],
        description="Low numbers stand first.",
        render_kw={"inputmode": "numeric"},
    )
    meaning = RadioField("What it means", choices=_choices(MEANINGS), default=Meaning.ACTIVE)
    votes = RadioField("What it does to votes", choices=_choices(VOTES), default=Votes.TAKES)

    def __init__(self, *args: Any, board_id: int | None, key: str = "", **kwargs: Any) -> None:
        """`key`: of the status that is edited, empty for a new one."""
        super().__init__(*args, **kwargs)
        self.board_id, self.key = board_id, key

    def validate_name(self, field: Any) -> None:
        """Raises ValidationError for a name that another one here has."""
        held = queries.set_of(self.board_id, archived=True)
        if any(each.key != self.key and each.name.lower() == field.data.lower() for each in held):
            raise ValidationError("Another status here has this name.")

    def fields(self) -> dict[str, Any]:
        """What was typed, by column."""
        return {name: self[name].data for name in ("name", "colour", "position", "meaning", "votes")}


class TargetForm(Form):
    """Where the ideas of a status go that is given up."""

    target = SelectField("Its ideas go to", [InputRequired("Choose a status.")])
