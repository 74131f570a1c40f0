"""What may come in about a vote for a customer."""

from typing import Any

from wtforms import BooleanField, HiddenField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from portal.accounts.models import Company, Person
from portal.database import db
from portal.discussion.forms import tidy
from portal.ideas.forms import number, one_line, seems_address
from portal.pages import Form
from portal.voting.models import Proof

PROOFS = [
    SelectChoice(Proof.CALL.value, "A call"),
    SelectChoice(Proof.TICKET.value, "A ticket"),
    SelectChoice(Proof.MAIL.value, "A mail"),
    SelectChoice(Proof.LINK.value, "A page"),
    SelectChoice(Proof.TEXT.value, "Their words"),
]
KINDS: dict[str, Any] = {"person": Person, "company": Company}


class VouchForm(Form):
    """For whom the vote is ("person:7" or "company:3"), and what proves that they want it."""

    customer = HiddenField("Customer")
    proof = SelectField("How do you know?", [InputRequired("Say how you know.")], choices=PROOFS)
    url = StringField(
        "Address of the ticket, mail or recording",
        [Length(max=500, message="Use at most 500 characters.")],
        filters=[one_line],
    )
    text = TextAreaField(
        "What they said", [Length(max=1000, message="Use at most 1,000 characters.")], filters=[tidy]
    )
    tell = BooleanField("Tell them by mail")

    def voter(self) -> Person | Company | None:
        """The customer; None for nobody who is known here."""
        kind, _, key = (self.customer.data or "").partition(":")
        found: Any = db.session.get(KINDS[kind], number(key[:18])) if kind in KINDS else None
        return None if isinstance(found, Person) and (found.erased_at or found.is_staff) else found

    def validate_customer(self, _field: HiddenField) -> None:
        """Raises ValidationError for nobody."""
        if self.voter() is None:
            raise ValidationError("Choose the person or the company that wants it.")

    def validate_url(self, field: StringField) -> None:
        """Raises ValidationError for what is no address, and where there is no proof at all."""
        if field.data and not seems_address(field.data):
            raise ValidationError("An address begins with https://.")
        if not field.data and not (self.text.data or "").strip():
            raise ValidationError("Give an address or their words, so that others can check it.")
