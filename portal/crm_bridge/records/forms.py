"""What may come in about a row of a customer record."""

from wtforms import IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from portal.accounts.forms import tidy_text
from portal.crm_bridge.models import Entity
from portal.crm_bridge.records.handling import INTERACTION
from portal.pages import Form

WHAT = (Entity.PERSON, Entity.COMPANY, Entity.VOTE, INTERACTION)


class RowForm(Form):
    """Which row: over which connection, what it is, and its number."""

    connection = StringField("Connection", [DataRequired("Say over which connection."), Length(max=40)])
    what = SelectField("What", choices=[SelectChoice(str(each), str(each)) for each in WHAT])
    number = IntegerField("Number", [InputRequired("Say which one."), NumberRange(0, 2**62)], default=0)


class AsideForm(RowForm):
    """The same, with the reason why it is set aside."""

    reason = TextAreaField(
        "Why is it set aside?",
        [
            DataRequired("Say why, so that others know."),
            Length(max=500, message="Use at most 500 characters."),
        ],
        filters=[tidy_text],
        render_kw={"rows": 2, "maxlength": 500, "dir": "auto"},
    )
