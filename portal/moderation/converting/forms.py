"""What may come in about a conversion."""

from collections.abc import Iterable

from wtforms import BooleanField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import Length

from portal.discussion.forms import LONGEST_BODY, Visible, tidy
from portal.forums.forms import OneOfThese
from portal.forums.models import Category
from portal.ideas.forms import BODY, TITLE, a_choice, number, one_line
from portal.ideas.models import Board
from portal.ideas.standing import Standing
from portal.pages import Form


class IdeaOfQuestionForm(Form):
    """The idea that is made of a question. `boards` are those that take one."""

    board = SelectField("Board", [a_choice], coerce=number, validate_choice=False)
    title = StringField("Title of the idea", [TITLE], filters=[one_line])
    body = TextAreaField("Text of the idea", [BODY], filters=[tidy])
    followers = BooleanField("Who took part in the question follows the idea", default=True)
    lock = BooleanField("Lock the question: it can be read, but nobody can add to it")

    def offer(self, boards: Iterable[Board]) -> "IdeaOfQuestionForm":
        """Let staff choose among these boards; each says for whom it is."""
        self.board.choices = [
            SelectChoice(
                each.id, each.name if each.for_whom == "everybody" else f"{each.name} (for {each.for_whom})"
            )
            for each in boards
        ]
        return self


class QuestionOfIdeaForm(Form):
    """The question that is made of an idea, and the status that the idea has then."""

    category = OneOfThese("Category", coerce=number)
    title = StringField("Title of the question", [TITLE], filters=[one_line])
    body = TextAreaField("Text of the question", [Visible(most=LONGEST_BODY)], filters=[tidy])
    status = OneOfThese("The idea is then")
    followers = BooleanField("Who follows the idea follows the question", default=True)

    def offer(self, categories: Iterable[Category], statuses: Iterable[Standing]) -> "QuestionOfIdeaForm":
        """Let staff choose among these categories, and statuses that say it will not be done."""
        open_ones = [each for each in categories if each.archived_at is None]
        self.category.choices = [SelectChoice(each.id, each.name) for each in open_ones]
        self.status.choices = [SelectChoice(each.key, each.name) for each in statuses]
        return self


class ApartForm(Form):
    """Why a question and an idea are parted again."""

    reason = StringField(
        "Why",
        [Visible(most=500, what="reason"), Length(max=500)],
        filters=[one_line],
        description="The author of what is hidden reads it.",
    )
