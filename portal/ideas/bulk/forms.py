"""What may come in about several ideas."""

from collections.abc import Iterable, Mapping

from wtforms import HiddenField, SelectChoice, SelectField, StringField
from wtforms.validators import InputRequired, Length

from portal.accounts.models import Person
from portal.discussion.forms import Visible
from portal.ideas.forms import one_line
from portal.ideas.models import Board
from portal.ideas.standing import Standing
from portal.pages import Form

ACTS = {
    "status": "Set the status",
    "label": "Give a label",
    "board": "Move to a board",
    "owner": "Say who looks after them",
    "merge": "Merge into the one that most want",
}
"""What can be done, by the word in the form."""


class BulkForm(Form):
    """The act; each kind has the fields that it needs."""

    act = HiddenField()
    reason = StringField(
        "Why", [Length(max=500, message="At most 500 characters.")], filters=[one_line],
        description="Everybody reads it.",
    )  # fmt: skip


class StatusOfAll(BulkForm):
    """One status for all."""

    status = SelectField("Status", [InputRequired("Choose a status.")])

    ground = SelectField("Main reason, where they are declined", default="")

    def offer(self, statuses: Iterable[Standing], grounds: Mapping[str, str]) -> "StatusOfAll":
        """Let people choose among these."""
        known = [SelectChoice(key, name) for key, name in grounds.items()]
        self.ground.choices = [SelectChoice("", "They are not declined"), *known]
        self.status.choices = [SelectChoice(each.key, each.name) for each in statuses]
        return self


class LabelOfAll(BulkForm):
    """One label for all."""

    label = StringField("Label", [Visible(most=60, what="label")], filters=[one_line])


class BoardOfAll(BulkForm):
    """One board for all."""

    board = SelectField("Board", [InputRequired("Choose a board.")])

    def offer(self, boards: Iterable[Board]) -> "BoardOfAll":
        """Let people choose among these."""
        self.board.choices = [SelectChoice(str(each.id), each.name) for each in boards]
        return self


class OwnerOfAll(BulkForm):
    """Who looks after all."""

    owner = SelectField("Looks after them", default="")

    def offer(self, staff: Iterable[Person]) -> "OwnerOfAll":
        """Let people choose among these."""
        self.owner.choices = [
            SelectChoice("", "Nobody"),
            *(SelectChoice(str(each.id), each.name) for each in staff),
        ]
        return self
