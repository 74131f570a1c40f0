"""What may come in about the rules of a board."""

from collections.abc import Sequence
from datetime import UTC
from itertools import pairwise
from typing import Any

from wtforms import (
    BooleanField,
    DateTimeLocalField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
)
from wtforms.validators import InputRequired, NumberRange, Optional

from portal.ideas.models import Board
from portal.ideas.standing import Standing
from portal.pages import Form
from portal.voting.ruling import MOST, Hidden

HIDDEN = [
    SelectChoice(Hidden.NEVER.value, "No, everybody sees them"),
    SelectChoice(Hidden.UNTIL_VOTED.value, "Yes, from those who have not voted on the idea"),
    SelectChoice(Hidden.FIRST_DAYS.value, "Yes, for the first days of each idea"),
]
PLAIN = (
    "vote_budget",
    "most_per_idea",
    "importance",
    "votes_against",
    "least_votes_to_post",
    "counts_hidden",
    "counts_hidden_days",
    "explores",
    "revive_at",
    "revive_moves",
    "quiet_months",
    "quiet_days",
    "quiet_status",
    "forget_months",
)
KEPT = ("revive_at", "quiet_months", "quiet_days", "quiet_status", "forget_months")
"""What stays as it is where a form does not say it."""
PHASES = ("opens_at", "votes_from", "closes_at")
FARTHEST = 2200


def _whole(label: str, least: int, most: int, needed: bool = True, hint: str = "") -> IntegerField:
    asked = InputRequired("Type a number.") if needed else Optional()
    between = NumberRange(least, most, message=f"Use a number from {least} to {most:,}.")
    return IntegerField(label, [asked, between], description=hint, render_kw={"inputmode": "numeric"})


def _moment(label: str, hint: str) -> DateTimeLocalField:
    return DateTimeLocalField(
        label, [Optional()], format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"], description=hint
    )


class RulesForm(Form):
    """How one votes on the board. `agreed` is the mark of the change that was explained."""

    vote_budget = _whole(
        "Votes for each person",
        1,
        10_000,
        False,
        "How many votes a person may have on open ideas. Empty: any number.",
    )
    most_per_idea = _whole("Most votes on one idea", 1, MOST, hint="1 is the usual.")
    importance = BooleanField("Ask how important it is: nice to have, important, critical")
    votes_against = BooleanField("People may also vote against an idea")
    least_votes_to_post = _whole(
        "Votes before the first idea",
        0,
        1_000,
        hint="On how many ideas of others a customer votes before posting one.",
    )
    opens_at = _moment("Opens", "In UTC. From then on ideas are taken. Empty: it is open.")
    votes_from = _moment(
        "Voting begins", "From then on votes are taken and no new ideas. Empty: both all the time."
    )
    closes_at = _moment("Closes", "From then on neither ideas nor votes are taken. Empty: it stays open.")
    counts_hidden = RadioField("Hide the counts?", choices=HIDDEN)
    counts_hidden_days = _whole(
        "For how many days", 0, 365, hint="Counts only where they are hidden for the first days."
    )
    explores = BooleanField("Show an idea that few have seen among those of each page of Hot and Top")
    revive_at = _whole(
        "Ask for it again",
        0,
        10_000,
        False,
        "When so many customers say “I still want this” on a declined idea, staff see it again. 0: nobody can say so.",
    )
    revive_moves = BooleanField("Put such an idea under review at once")
    quiet_months = _whole(
        "Ask whether it is still wanted, after how many months",
        0,
        120,
        False,
        "After so many months without a vote, a comment or an act of staff. 0: nobody is asked.",
    )
    quiet_days = _whole(
        "Days to answer",
        7,
        365,
        False,
        "One yes keeps the idea open. Without one it is closed after these days.",
    )
    quiet_status = SelectField("What it is then", validate_choice=False)
    forget_months = _whole(
        "Forget who voted, after how many months",
        0,
        120,
        False,
        "So many months after an idea was closed. The counts stay; who it was is gone and never comes back. 0: never.",
    )
    agreed = HiddenField()

    def __init__(self, *args: Any, board: Board, endings: Sequence[Standing], **kwargs: Any) -> None:
        super().__init__(*args, **{name: getattr(board, name) for name in (*PLAIN, *PHASES)}, **kwargs)
        self.board = board
        self.quiet_status.choices = [SelectChoice(each.key, each.name) for each in endings]

    def fields(self) -> dict[str, Any]:
        """What was chosen, by column; times are UTC."""
        times = {name: self[name].data for name in PHASES}
        aware = {name: at.replace(tzinfo=UTC) if at else None for name, at in times.items()}
        plain = {name: self[name].data for name in PLAIN}
        kept = {name: getattr(self.board, name) for name in KEPT if plain[name] in (None, "")}
        return plain | kept | aware

    def validate(self, extra_validators: Any = None) -> bool:
        """Also whether opening, voting and closing follow each other."""
        fine = super().validate(extra_validators)
        given = [at.replace(tzinfo=None) for name in PHASES if (at := self[name].data)]
        if any(at.year > FARTHEST for at in given):
            self.closes_at.errors = ["These times are too far away."]
        elif any(after <= before for before, after in pairwise(given)):
            self.closes_at.errors = ["A board opens first, then voting begins, then it closes."]
        if reason := self._why_nothing_ends():
            self.quiet_status.errors = [reason]
        return fine and not self.closes_at.errors and not self.quiet_status.errors

    def _why_nothing_ends(self) -> str:
        """Why what nobody wants cannot take the chosen status; empty where nobody is asked, or it can."""
        there = {each.value for each in self.quiet_status.choices or ()}
        wanted = self.quiet_status.data or (self.board.quiet_status if self.quiet_months.data else "")
        if not wanted or wanted in there:
            return ""
        if not there:
            return "This board has no status that ends an idea and takes no votes. Add one first."
        return "Choose one of the statuses that end an idea."
