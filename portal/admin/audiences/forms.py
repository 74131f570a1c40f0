"""What may come in about the audience of a board."""

from typing import Any

from wtforms import BooleanField, HiddenField, SelectChoice, SelectField

from portal.ideas.audiences.forms import Audienced
from portal.ideas.models import Board, Party
from portal.pages import Form

PARTIES = [
    SelectChoice(Party.EVERYONE.value, "Everybody who sees it and signed in"),
    SelectChoice(Party.COMPANIES.value, "The chosen companies, and staff"),
    SelectChoice(Party.STAFF.value, "Staff"),
    SelectChoice(Party.NOBODY.value, "Nobody"),
]
PLAIN = ("audience", "own_only", "who_posts", "who_votes", "who_comments")


class AudienceForm(Audienced, Form):
    """For whom the board is, and who may do what. `agreed` is the mark of the change that was explained."""

    own_only = BooleanField(
        "Each customer sees only the ideas that they wrote",
        description="Staff see all of them. Good for reports that others should not read.",
    )
    who_posts = SelectField("Who may post ideas", choices=PARTIES)
    who_votes = SelectField("Who may vote", choices=PARTIES)
    who_comments = SelectField("Who may comment", choices=PARTIES)
    agreed = HiddenField()

    def __init__(self, *args: Any, board: Board, **kwargs: Any) -> None:
        super().__init__(*args, place=board, **{name: getattr(board, name) for name in PLAIN}, **kwargs)

    def fields(self) -> dict[str, Any]:
        """What was chosen of the rest, by column."""
        return {name: self[name].data for name in PLAIN}
