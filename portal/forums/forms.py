"""What may come in as a topic."""

from collections.abc import Sequence

from wtforms import Form as BaseForm
from wtforms import RadioField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice

from portal import pages
from portal.discussion.forms import LONGEST_BODY, Visible, tidy
from portal.forums.models import Category

LONGEST_TITLE = 200
KINDS = [
    SelectChoice("question", "A question: somebody can answer it"),
    SelectChoice("discussion", "A discussion: there is no one answer"),
]


def one_line(text: str | None) -> str:
    """A title as typed, in one line."""
    return " ".join(tidy(text).split())


def _id(text: object) -> int:
    """The id of a choice; 0, which is none, for what is no number."""
    return int(str(text)) if str(text).isdecimal() else 0


class OneOfThese(SelectField):
    """A choice from a list, which says so when it is none of them."""

    def pre_validate(self, form: BaseForm) -> None:
        try:
            super().pre_validate(form)
        except ValidationError:
            raise ValidationError("Please choose one from the list.") from None


class TextForm(pages.Form):
    """Title and text: what can be changed later."""

    title = StringField("Title", [Visible(least=3, most=LONGEST_TITLE, what="title")], filters=[one_line])
    body = TextAreaField("Text", [Visible(most=LONGEST_BODY)], filters=[tidy])


class TopicForm(TextForm):
    """A new question or discussion in one of the open categories."""

    category = OneOfThese("Category", coerce=_id)
    kind = RadioField("What is it?", choices=KINDS, default="question")

    def offer(self, categories: Sequence[Category]) -> "TopicForm":
        """Let people choose among these categories."""
        self.category.choices = [
            SelectChoice(each.id, each.name) for each in categories if each.archived_at is None
        ]
        return self
