"""What may come in."""

from wtforms import HiddenField, RadioField, SelectChoice, StringField, TextAreaField
from wtforms.validators import AnyOf, InputRequired, Length

from portal.moderation.models import FlagReason
from portal.pages import Form


class FlagForm(Form):
    """Why somebody flags a thing."""

    subject = HiddenField(validators=[AnyOf(("idea", "topic", "post"))])
    thing_id = HiddenField(validators=[InputRequired(), Length(max=18)])
    reason = RadioField(
        "What is wrong here?",
        choices=[SelectChoice(each.value, each.label) for each in FlagReason],
        validators=[InputRequired("Choose what is wrong, so that a moderator knows where to look.")],
    )
    note = TextAreaField(
        "Anything a moderator should know?",
        validators=[Length(max=500, message="Keep the note under 500 characters.")],
    )


class ReasonForm(Form):
    """Why a moderator acts. The author (of a hidden text) or everybody (of a locked one) reads it."""

    reason = StringField(
        "Reason",
        validators=[
            InputRequired("Write a reason in a few words: the author reads it."),
            Length(max=500, message="Keep the reason under 500 characters."),
        ],
    )
