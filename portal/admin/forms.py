"""What may come in when the portal is set up."""

from portal.accounts.forms import name_field
from portal.accounts.security.forms import mail_field, new_password_field
from portal.pages import Form


class FirstAdminForm(Form):
    """Who runs this portal."""

    name = name_field()
    email = mail_field(autocomplete="email")
    password = new_password_field()
