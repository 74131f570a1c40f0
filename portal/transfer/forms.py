"""What may come in for an export."""

from wtforms import DateField, IntegerField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import NumberRange, Optional

from portal import pages
from portal.ideas import queries as ideas
from portal.ideas.statuses import queries as statuses
from portal.pages import Form
from portal.transfer.collecting import Choice


class ExportForm(Form):
    """Which ideas a product manager takes out, and as what."""

    board = SelectField("Board", default="")
    status = SelectField("Status", default="")
    top = IntegerField(
        "Only the most wanted",
        validators=[Optional(), NumberRange(1, 1_000_000, "Give a whole number of ideas, such as 50.")],
        description="How many ideas; leave it empty for all.",
    )
    since = DateField("Proposed since", validators=[Optional()], description="A day, such as 2026-01-31.")
    format = RadioField(
        "File",
        choices=[
            SelectChoice("xlsx", "Excel workbook with two sheets: ideas, and one row per vote"),
            SelectChoice("csv", "Two CSV files in a zip"),
        ],
        default="xlsx",
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        boards = [SelectChoice(str(each.id), each.name) for each in ideas.boards(pages.viewer())]
        known = [SelectChoice(each.key, each.name) for each in statuses.offered(pages.viewer(), None)]
        self.status.choices = [SelectChoice("", "Every status"), *known]
        self.board.choices = [SelectChoice("", "Every board"), *boards]

    def choice(self) -> Choice:
        """The filters that were set."""
        return Choice(self.board.data or "", self.status.data or "", self.top.data, self.since.data)
