"""What may come in about a company."""

import re
from collections.abc import Collection
from typing import Any

from wtforms import DateField, DecimalField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, NumberRange, Optional, Regexp, ValidationError

from portal.accounts import matching
from portal.accounts.forms import tidy
from portal.admin.companies import queries
from portal.pages import Form


def _line(label: str, most: int, *more: Any, **options: Any) -> StringField:
    length = Length(max=most, message=f"Use at most {most} characters.")
    return StringField(label, [*more, length], filters=[tidy], **options)


class CompanyForm(Form):
    """A customer's firm as staff see it."""

    name = _line("Name", 120, DataRequired("Type the name of the company."))
    domains = TextAreaField(
        "Mail domains",
        [Length(max=5000, message="Use at most 5,000 characters.")],
        description="One in a line. Whoever confirms a mail address there belongs to the company.",
        render_kw={"rows": 3, "placeholder": "company.example"},
    )
    tier = _line("Tier", 40)
    segment = _line("Segment", 80)
    revenue = DecimalField(
        "Revenue of a year",
        [Optional(), NumberRange(0, 999_999_999_999, message="Use a number from 0 to 999,999,999,999.")],
        places=2,
        render_kw={"inputmode": "decimal"},
    )
    currency = StringField(
        "Currency",
        [Regexp(r"^[A-Z]{3}$", message="Use three letters, such as EUR.")],
        filters=[lambda text: (text or "").strip().upper() or "EUR"],
        render_kw={"maxlength": 3},
    )
    owner = _line("Owner", 120, description="Who looks after this company on your side.")
    renews_on = DateField("Renews on", [Optional()])

    def __init__(self, *args: Any, company_id: int | None = None, **kwargs: Any) -> None:
        """`company_id`: the one that is edited, None for a new one."""
        super().__init__(*args, **kwargs)
        self.company_id = company_id

    def but(self, theirs: Collection[str]) -> "CompanyForm":
        """The form, in which these fields are only shown: the CRM says what stands in them."""
        for name in theirs:
            field = self[name]
            field.render_kw = {**(field.render_kw or {}), "readonly": True}
            field.description = "Read from the CRM. Change it there."
        return self

    def listed(self) -> list[str]:
        """The domains that were typed, without the @ that people put before them, each once."""
        words = re.split(r"[\s,;]+", (self.domains.data or "").lower())
        return list(dict.fromkeys(word.lstrip("@").rstrip(".") for word in words if word.strip("@.")))

    def validate_domains(self, _field: Any) -> None:
        """Raises ValidationError for what is no domain of a company, or that of another one."""
        wrong = [said for said in map(matching.objection, self.listed()) if said]
        owners = {} if wrong else queries.owners_of(self.listed())
        taken = {domain: owner for domain, owner in owners.items() if owner.id != self.company_id}
        wrong += [f"{domain} belongs to {owner.name}." for domain, owner in taken.items()]
        if wrong:
            raise ValidationError(" ".join(wrong))
