"""What may come in about the schedule of a saved export."""

from typing import Any

from wtforms import IntegerField, RadioField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, NumberRange
from wtforms.widgets import CheckboxInput

from portal.pages import Form
from portal.transfer import queries
from portal.transfer.saved.models import ExportSchedule
from portal.transfer.saved.scheduling import Rhythm

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class ScheduleForm(Form):
    """When it is made, and who gets the link."""

    every = RadioField(
        "How often",
        choices=[
            SelectChoice("day", "Every day"),
            SelectChoice("week", "Every week"),
            SelectChoice("month", "Every month"),
        ],
        default="week",
    )
    weekday = SelectField(
        "Day of the week",
        choices=[SelectChoice(number, name) for number, name in enumerate(DAYS)],
        coerce=int,
        default=0,
        description="Counts for every week.",
    )
    monthday = SelectField(
        "Day of the month",
        choices=[SelectChoice(number, str(number)) for number in range(1, 32)],
        coerce=int,
        default=1,
        description="Counts for every month; a shorter month has it on its last day.",
    )
    hour = SelectField(
        "Hour",
        choices=[SelectChoice(number, f"{number:02}:00 UTC") for number in range(24)],
        coerce=int,
        default=6,
    )
    people = SelectMultipleField(
        "Who gets the link",
        [DataRequired("Choose somebody who gets the link.")],
        coerce=int,
        option_widget=CheckboxInput(),
        description="By mail, as long as they may export.",
    )
    days_kept = IntegerField(
        "Days until the link expires",
        [InputRequired("Type a number of days."), NumberRange(1, 90, "Use a number from 1 to 90.")],
        default=7,
        render_kw={"inputmode": "numeric"},
    )

    def __init__(self, *args: Any, schedule: ExportSchedule | None = None, **kwargs: Any) -> None:
        """`schedule`: what stands in the form before anybody changed it."""
        names = ("every", "weekday", "monthday", "hour", "days_kept")
        fields = {name: getattr(schedule, name) for name in names} if schedule else {}
        super().__init__(*args, **fields | kwargs)
        self.people.choices = [
            SelectChoice(each.id, f"{each.name} ({each.email})") for each in queries.exporters()
        ]

    def rhythm(self) -> Rhythm:
        """What was chosen."""
        return Rhythm(self.every.data, self.hour.data, self.weekday.data, self.monthday.data)
