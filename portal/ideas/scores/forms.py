"""What may come in about scores and formulas."""

from decimal import Decimal
from typing import Any

from wtforms import HiddenField, RadioField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import Length

from portal.discussion.forms import tidy
from portal.ideas.forms import one_line
from portal.ideas.scores import weighing
from portal.ideas.scores.models import Arithmetic, Formula
from portal.pages import Form

MOST = 6
"""How many factors a formula has at most."""
RICE = ("reach", "impact", "confidence", "effort")
LEAST = {"effort": Decimal("0.1")}
SHORT = [Length(max=500, message="At most 500 characters.")]


class ScoreForm(Form):
    """The inputs of a score, as the formula asks for them: those of RICE, or one number for each factor."""

    reach = StringField(
        "Reach", description="How many companies it touches. The votes say how many want it now."
    )
    impact = SelectField(
        "Impact", choices=[SelectChoice(*each) for each in weighing.IMPACTS.items()], default="1"
    )
    confidence = StringField("Confidence in per cent", default="80")
    effort = StringField("Effort in person-months", default="1")
    factor_1, factor_2, factor_3 = StringField(), StringField(), StringField()
    factor_4, factor_5, factor_6 = StringField(), StringField(), StringField()
    why = StringField(
        "Why",
        SHORT,
        filters=[one_line],
        description="With RICE it is needed when the reach is another than the votes say.",
    )

    def asked(self, formula: Formula | None) -> list[Any]:
        """The fields that this formula asks for, with their labels."""
        if formula is None or formula.kind == Arithmetic.RICE:
            return [self[name] for name in RICE]
        fields = [self[f"factor_{n}"] for n in range(1, len(formula.factors) + 1)]
        for field, factor in zip(fields, formula.factors, strict=True):
            field.label.text = f"{factor['name']} (times {factor['weight']})"
        return fields

    def inputs(self, formula: Formula | None) -> dict[str, Decimal] | None:
        """The numbers by name; None when one is none, and its field says so."""
        found: dict[str, Decimal] = {}
        for field in self.asked(formula):
            try:
                found[field.name] = weighing.number(field.data or "", LEAST.get(field.name, Decimal(0)))
            except ValueError as wrong:
                field.errors = [str(wrong)]
        if found.get("confidence", 0) > 100:
            self.confidence.errors = ["Use at most 100 per cent."]
            return None
        return found if len(found) == len(self.asked(formula)) else None


class FormulaForm(Form):
    """A formula: RICE, or factors with weights, one in a line. `agreed` is the mark of the comparison that was shown."""

    kind = RadioField(
        "How is it worked out?",
        choices=[
            SelectChoice("rice", "RICE: reach times impact times confidence, divided by effort"),
            SelectChoice("weights", "The sum of own factors, each times its weight"),
        ],
        default="rice",
    )
    factors = TextAreaField(
        "Factors",
        [Length(max=600, message="At most 600 characters.")],
        filters=[tidy],
        description=f"At most {MOST}, one in a line: “Value: 3”. A weight below 0 counts against it: “Risk: -1”.",
    )
    why = StringField("Why it changes", SHORT, filters=[one_line])
    agreed = HiddenField()

    def read(self) -> list[dict[str, str]] | None:
        """The factors; None when they cannot be read, and the field says so."""
        if self.kind.data == Arithmetic.RICE:
            return []
        found = []
        for line in filter(str.strip, (self.factors.data or "").splitlines()):
            name, _, weight = line.rpartition(":")
            try:
                value = weighing.number(weight, -weighing.LARGEST)
            except ValueError:
                self.factors.errors = [f"“{line.strip()[:40]}” is no “Name: number”."]
                return None
            found.append({"name": name.strip()[:60], "weight": str(value)})
        if not 1 <= len(found) <= MOST or not all(each["name"] for each in found):
            self.factors.errors = [f"Name 1 to {MOST} factors, each with its weight."]
            return None
        return found
