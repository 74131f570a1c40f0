"""What may come in for an import."""

from typing import Any

from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Regexp

from portal.pages import Form
from portal.transfer import choosing
from portal.transfer.tables.checking import DATES
from portal.transfer.tables.mapping import FIELDS, plain_name

MOST = 500


def _tidy(text: str | None) -> str:
    return " ".join((text or "").replace("\x00", "").split())


class WishesForm(Form):
    """Where the files come from, and what is not said in them."""

    preset = SelectField(
        "Where the files come from",
        choices=[
            SelectChoice("", "Find out"),
            *(SelectChoice(key, name) for key, name in choosing.PRESETS.items()),
        ],
        default="",
    )
    source = StringField(
        "Name of the source",
        [Length(max=100, message="Use at most 100 characters.")],
        filters=[_tidy],
        description="Only when two of one kind are imported: the same name again changes what came under it.",
    )
    board = StringField(
        "One board for all",
        [Length(max=60, message="Use at most 60 characters.")],
        filters=[_tidy],
        description="Empty: each idea goes to the board that its row names. A board that is not there is made, for everybody.",
    )
    dates = SelectField(
        "Dates are written as",
        choices=[SelectChoice("", "2026-01-31"), *(SelectChoice(each, each) for each in DATES)],
        default="",
    )
    currency = StringField(
        "Currency of revenue",
        [Regexp(r"[A-Z]{3}\Z", message="Write three capital letters, such as EUR.")],
        filters=[lambda text: _tidy(text).upper()],
        default="EUR",
    )

    def wishes(self, more: Any) -> dict[str, Any]:
        """What was wished, with what was said of columns (`means:NAME`) and statuses (`status:WORD`) in `more`."""
        said = {name: self[name].data or "" for name in ("preset", "source", "board", "dates", "currency")}
        columns = {plain_name(name[6:]): value for name, value in more.items() if name.startswith("means:")}
        known = {name: value for name, value in columns.items() if value in FIELDS or value == ""}
        statuses = {
            plain_name(name[7:]): value[:20]
            for name, value in more.items()
            if name.startswith("status:") and value
        }
        return said | {
            "columns": dict(list(known.items())[:MOST]),
            "statuses": dict(list(statuses.items())[:MOST]),
        }
