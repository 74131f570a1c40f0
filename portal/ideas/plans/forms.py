"""What may come in about a plan."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from wtforms import DateField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import Length, Optional, ValidationError

from portal import pages
from portal.accounts.models import Person
from portal.discussion.forms import Visible, tidy
from portal.ideas.plans.models import Grain, Plan

_MONTH = re.compile(r"(20\d\d)-(0?[1-9]|1[0-2])")
_QUARTER = re.compile(r"(?:(20\d\d)[ -]*Q([1-4])|Q([1-4])[ -]*(20\d\d))", re.IGNORECASE)


def target_of(text: str) -> tuple[date | None, str | None]:
    """From "2027-03", "Q1 2027" or "2027 Q1": the first day and the grain; nothing for nothing.

    Raises ValueError for what is neither.
    """
    text = text.strip()
    if not text:
        return None, None
    if month := _MONTH.fullmatch(text):
        return date(int(month[1]), int(month[2]), 1), Grain.MONTH
    if quarter := _QUARTER.fullmatch(text):
        year, number = int(quarter[1] or quarter[4]), int(quarter[2] or quarter[3])
        return date(year, number * 3 - 2, 1), Grain.QUARTER
    raise ValueError(text)


def text_of(plan: Plan | None) -> str:
    """The target as it is typed."""
    if plan is None or plan.target_on is None:
        return ""
    on = plan.target_on
    return f"Q{(on.month + 2) // 3} {on.year}" if plan.target_grain == Grain.QUARTER else f"{on:%Y-%m}"


class PlanForm(pages.Form):
    """What staff plan for an idea."""

    owner = SelectField("Looks after it", default="")
    target = StringField(
        "Meant for",
        description="A month (2027-03) or a quarter (Q1 2027). Everybody reads it beside the status.",
    )
    review_on = DateField("Look at it again on", [Optional()])
    cost = TextAreaField(
        "What it costs", [Length(max=1000, message="At most 1,000 characters.")], filters=[tidy]
    )
    impact = TextAreaField(
        "What it brings", [Length(max=1000, message="At most 1,000 characters.")], filters=[tidy]
    )

    def offer(self, staff: Iterable[Person]) -> "PlanForm":
        """Let people choose among these."""
        known = [SelectChoice(str(each.id), each.name) for each in staff]
        self.owner.choices = [SelectChoice("", "Nobody yet"), *known]
        return self

    def validate_target(self, field: Any) -> None:
        """Raises ValidationError for what is neither a month nor a quarter."""
        try:
            target_of(field.data or "")
        except ValueError:
            raise ValidationError("Type a month such as 2027-03, or a quarter such as Q1 2027.") from None

    def fields(self) -> dict[str, Any]:
        """What was typed, by column."""
        on, grain = target_of(self.target.data or "")
        return {
            "owner_id": int(self.owner.data) if self.owner.data else None,
            "target_on": on,
            "target_grain": grain,
            "review_on": self.review_on.data,
            "cost": self.cost.data or "",
            "impact": self.impact.data or "",
        }


class NoteForm(pages.Form):
    """An internal note."""

    body = TextAreaField("Note for staff", [Visible(most=10_000)], filters=[tidy])
