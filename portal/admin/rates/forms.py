"""What may come in about rates."""

from decimal import Decimal
from typing import Any

from wtforms import DateField, DecimalField, StringField
from wtforms.validators import InputRequired, Regexp, ValidationError

from portal import clock
from portal.pages import Form

LEAST, MOST = Decimal("0.00000001"), Decimal("999999999")


def _currency(label: str, **options: Any) -> StringField:
    return StringField(
        label,
        [Regexp(r"^[A-Z]{3}\Z", message="Use three letters, such as USD.")],
        filters=[lambda text: (text or "").strip().upper()],
        render_kw={"maxlength": 3, "autocapitalize": "characters"},
        **options,
    )


class RateForm(Form):
    """What one unit of a currency is worth."""

    currency = _currency("Currency")
    rate = DecimalField(
        "One is worth",
        [InputRequired("Type a number, such as 0.92.")],
        places=None,
        render_kw={"inputmode": "decimal"},
    )
    on = DateField("As of", [InputRequired("Choose the day of this rate.")])

    def validate_rate(self, field: Any) -> None:
        """Raises ValidationError for what cannot be a rate."""
        if field.data is None:
            return
        if not field.data.is_finite() or not LEAST <= field.data <= MOST:
            raise ValidationError("Use a number above 0, at most 999,999,999, with at most eight decimals.")
        field.data = field.data.quantize(LEAST)

    def validate_on(self, field: Any) -> None:
        """Raises ValidationError for a day that has not come."""
        if field.data and field.data > clock.now().date():
            raise ValidationError("This day has not come yet.")


class HouseForm(Form):
    """The currency in which revenue is added up."""

    house = _currency("House currency")
