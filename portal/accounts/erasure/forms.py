"""What may come in when an account is deleted."""

from wtforms import RadioField
from wtforms.fields.choices import SelectChoice

from portal.accounts.security.forms import password_field
from portal.pages import Form

LEAVE, REMOVE = "leave", "remove"


def texts_field(label: str, leave: str, remove: str) -> RadioField:
    """What becomes of the texts; they stay unless somebody says otherwise."""
    return RadioField(
        label, choices=[SelectChoice(LEAVE, leave), SelectChoice(REMOVE, remove)], default=LEAVE
    )


class EraseForm(Form):
    """What becomes of one's texts, and the password."""

    texts = texts_field(
        "What shall become of what you wrote?", "Leave what I wrote, without my name", "Remove my texts, too"
    )
    password = password_field("Your password")
