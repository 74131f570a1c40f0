"""What may come in where a mailbox has to be proven."""

from portal.accounts.security.forms import mail_field, password_field
from portal.pages import Form


class AddressForm(Form):
    """A mail address to which something is sent."""

    email = mail_field(autocomplete="email")


class ConfirmForm(Form):
    """The password that was chosen on registering: only who registered knows it."""

    password = password_field("The password that you chose")
