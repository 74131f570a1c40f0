"""What may come in about a person at the desk."""

from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length

from portal.accounts.forms import tidy
from portal.accounts.permissions import Role
from portal.pages import Form


class RoleForm(Form):
    """Another role, and why."""

    role = SelectField("Role", choices=[SelectChoice(each.value, each.label) for each in Role])
    reason = StringField(
        "Reason",
        [
            DataRequired("Say why; it stands in the journal."),
            Length(max=500, message="Use at most 500 characters."),
        ],
        filters=[tidy],
    )
