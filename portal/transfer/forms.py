"""What may come in for an export."""

from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput

from portal import pages
from portal.accounts.forms import tidy
from portal.ideas import queries as ideas
from portal.ideas.statuses import queries as statuses
from portal.pages import Form
from portal.transfer import queries
from portal.transfer.building import Export
from portal.transfer.narrowing import Choice
from portal.transfer.rows.listing import BOTH, KINDS

LONGEST_NAME = 80
ORDERS = {"top": "Most wanted first", "hot": "Wanted now first", "new": "Newest first", "old": "Oldest first"}


def _columns(kind: str) -> SelectMultipleField:
    return SelectMultipleField(f"Columns of {kind}", validate_choice=False, default=KINDS[kind].usual)


def _day(label: str) -> DateField:
    return DateField(label, [Optional()])


def _choices(names: list[str], otherwise: str) -> list[SelectChoice]:
    return [SelectChoice("", otherwise), *(SelectChoice(each, each) for each in names)]


class ExportForm(Form):
    """What a product manager takes out: rows, columns, which ideas, and as what."""

    rows = RadioField(
        "One row for each",
        choices=[
            SelectChoice(BOTH, "Idea, and a second table of votes"),
            SelectChoice("ideas", "Idea"),
            SelectChoice("votes", "Vote, with its voter"),
            SelectChoice("voters", "Idea and voter, with the headings of UserVoice"),
            SelectChoice("companies", "Company, with what it wants"),
        ],
        default=BOTH,
    )
    board = SelectField("Board", default="")
    status = SelectMultipleField(
        "Status", description="None chosen: every status.", option_widget=CheckboxInput()
    )
    label = SelectField("Label", default="")
    owner = SelectField("Looked after by", default="")
    mine = BooleanField("Only ideas that I look after")
    text = StringField("Words in title or text", [Length(max=100)], filters=[tidy])
    since = _day("Proposed since")
    until = _day("Proposed until")
    top = IntegerField(
        "Only the first",
        validators=[Optional(), NumberRange(1, 1_000_000, "Give a whole number of ideas, such as 50.")],
        description="How many ideas; leave it empty for all.",
    )
    order = SelectField("Order", choices=[SelectChoice(*each) for each in ORDERS.items()], default="top")
    segment = SelectField("Segment", default="")
    tier = SelectField("Tier", default="")
    company = StringField("Company", [Length(max=120)], filters=[tidy], description="Its whole name.")
    voted_since = _day("Voted since")
    voted_until = _day("Voted until")
    columns_ideas = _columns("ideas")
    columns_votes = _columns("votes")
    columns_voters = _columns("voters")
    columns_companies = _columns("companies")
    impersonal = BooleanField(
        "Without personal data",
        description="Leaves out every column that says who somebody is. Texts stay as people wrote them.",
    )
    format = RadioField(
        "File",
        choices=[
            SelectChoice("xlsx", "Excel workbook"),
            SelectChoice("csv", "CSV; two tables come in a zip"),
            SelectChoice("json", "JSON: one array, an object for each row"),
        ],
        default="xlsx",
    )
    name = StringField(
        "Name", [Length(max=LONGEST_NAME, message="Use at most 80 characters.")], filters=[tidy]
    )
    shared = BooleanField("Product managers and admins may take it too")

    def __init__(self, *args: Any, export: Export | None = None, **kwargs: Any) -> None:
        """`export`: what stands in the form before anybody changed it."""
        super().__init__(*args, **(_fields_of(export) if export else {}) | kwargs)
        boards = [SelectChoice(str(each.id), each.name) for each in ideas.boards(pages.viewer())]
        known = [SelectChoice(each.key, each.name) for each in statuses.offered(pages.viewer(), None)]
        segments, tiers = queries.kinds_of_companies()
        self.status.choices = known
        self.board.choices = [SelectChoice("", "Every board"), *boards]
        self.label.choices = _choices(queries.labels(), "Every label")
        self.segment.choices, self.tier.choices = (
            _choices(segments, "Every segment"),
            _choices(tiers, "Every tier"),
        )
        staff = [SelectChoice(str(each.id), each.name) for each in queries.staff()]
        self.owner.choices = [SelectChoice("", "Anybody"), *staff]

    def export(self) -> Export:
        """What was chosen. The usual columns are not named, so that they stay the usual ones."""
        kind = KINDS["ideas" if self.rows.data == BOTH else self.rows.data]
        chosen = kind.in_order(self[f"columns_{kind.name}"].data or ())
        columns = () if chosen == kind.usual else chosen
        return Export(self.rows.data, self.format.data, columns, self.impersonal.data, self.choice())

    def choice(self) -> Choice:
        """The filters that were set."""
        plain = ("board", "label", "owner", "text", "segment", "tier", "company", "order", "mine", "top")
        days = ("since", "until", "voted_since", "voted_until")
        status = ",".join(self.status.data or ())
        said: dict[str, Any] = {name: self[name].data or "" for name in plain} | {
            name: self[name].data for name in days
        }
        return Choice(**said | {"status": status, "top": self.top.data, "mine": self.mine.data})


def _fields_of(export: Export) -> dict[str, Any]:
    words = {name: getattr(export.choice, name) for name in vars(export.choice)}
    kind = export.kinds()[0]
    columns = {f"columns_{kind.name}": list(export.columns or kind.usual)}
    return words | columns | {
        "rows": export.rows, "format": export.format, "impersonal": export.impersonal,
        "status": [each for each in export.choice.status.split(",") if each],
    }  # fmt: skip
