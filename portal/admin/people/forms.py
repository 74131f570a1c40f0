"""What may come in about a person at the desk."""

from typing import Any

from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, ValidationError

from portal.accounts.erasure.forms import texts_field
from portal.accounts.forms import tidy
from portal.accounts.models import Company
from portal.accounts.permissions import Role
from portal.admin.people import queries
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


class ErasureForm(Form):
    """What becomes of the texts of somebody who is erased, and why they are."""

    texts = texts_field(
        "What shall become of their texts?",
        "Leave what they wrote, without the name",
        "Remove their texts, too",
    )
    reason = StringField(
        "Reason",
        [
            DataRequired("Say why, without the name; it is kept."),
            Length(max=500, message="Use at most 500 characters."),
        ],
        filters=[tidy],
        id="why",
    )


class PlaceForm(Form):
    """The company of a person, by its name; nothing for none."""

    company = StringField("Company", [Length(max=120, message="Use at most 120 characters.")], filters=[tidy])
    found: Company | None = None

    def validate_company(self, field: Any) -> None:
        """Finds the company. Raises ValidationError for a name that none or several have."""
        companies = queries.named(field.data) if field.data else []
        if field.data and len(companies) != 1:
            says = (
                "Several companies have this name."
                if companies
                else "No company has this name. Add it first."
            )
            raise ValidationError(says)
        self.found = companies[0] if companies else None
