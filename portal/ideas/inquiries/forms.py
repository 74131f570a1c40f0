"""What may come in from somebody who is asked whether they still want an idea."""

from wtforms import HiddenField

from portal.pages import Form


class StillWantedForm(Form):
    """Yes or no; the buttons say which."""

    says = HiddenField()
