"""What may come in as values: a form that is made of the fields of a board."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from wtforms import (
    DateField,
    Field,
    Form,
    IntegerField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    URLField,
)
from wtforms.form import BaseForm
from wtforms.validators import Length, StopValidation, ValidationError
from wtforms.widgets import CheckboxInput

from portal.accounts.models import Viewer
from portal.discussion.forms import tidy
from portal.ideas.fields.models import KEY, LONGEST, MOST_FIELDS, BoardField, Type
from portal.ideas.fields.queries import Value, asked_by, circles_filled
from portal.ideas.forms import one_line, seems_address
from portal.ideas.models import Board

LARGEST = 10**15


class Number(IntegerField):
    """A whole number, or nothing."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Raises ValueError for what is neither."""
        self.data = None
        if not valuelist or not valuelist[0].strip():
            return
        try:
            number = int(valuelist[0].replace(",", ""))
        except ValueError:
            number = LARGEST
        if abs(number) >= LARGEST:
            raise ValueError("Type a whole number, such as 25.")
        self.data = number


class Day(DateField):
    """A date, or nothing."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Raises ValueError for what is neither."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            if any(each.strip() for each in valuelist):
                raise ValueError("Type a date as year, month and day, such as 2027-03-01.") from None


class Said:
    """Stops at an empty field: with a sentence where the board wants something."""

    def __init__(self, *, required: bool) -> None:
        self.required = required
        self.field_flags = {"required": True} if required else {}

    def __call__(self, _form: Form, field: Field) -> None:
        """Raises StopValidation for what is empty."""
        if any(str(text).strip() for text in field.raw_data or ()):
            return
        if self.required:
            does = "Choose something" if isinstance(field, SelectField) else "Fill in something"
            raise StopValidation(f"{does} under “{field.label.text}”: this board asks it of every idea.")
        field.errors = []
        raise StopValidation()


def is_address(_form: Form, field: Field) -> None:
    """Raises ValidationError for what is no address of a page."""
    if not seems_address(field.data or "") or " " in field.data:
        raise ValidationError("An address begins with https:// and has no blanks.")


class ValuesForm(BaseForm):
    """Values for these fields. `required` says whether what the board wants of every idea must be there."""

    def __init__(
        self,
        fields: Sequence[BoardField],
        formdata: Any = None,
        *,
        kept: Iterable[Value] = (),
        required: bool = True,
    ) -> None:
        self.kept = list(kept)
        values = {each.field.id: each.value for each in self.kept}
        super().__init__(
            {each.key: _control(each, values.get(each.id), each.required and required) for each in fields}
        )
        self.fields = fields
        data = {each.key: _typed(each, values[each.id]) for each in fields if each.id in values}
        self.process(formdata, data=data)

    @property
    def read(self) -> list[tuple[str, str]]:
        """What was kept in these fields, to be read: name and words."""
        return [(each.field.name, each.words) for each in self.kept if each.field in self.fields]

    def values(self) -> Mapping[BoardField, Any]:
        """What was typed; None for nothing, ids for choices."""
        return {each: _meant(each, self[each.key].data) for each in self.fields}

    def others(self, typed: Any) -> list[tuple[str, str]]:
        """What was typed into the fields of boards that were chosen before: it stays, in case they are chosen again."""
        here = {each.key for each in self.fields}
        sent = typed.items(multi=True)
        kept = [(name, text) for name, text in sent if KEY.fullmatch(name) and name not in here and text]
        return kept[:MOST_FIELDS]


def asked_with_new(board: Board | None, viewer: Viewer, typed: Any = None) -> ValuesForm:
    """The fields of a board that the viewer fills in with a new idea."""
    return ValuesForm(asked_by(board, circles_filled(viewer, is_author=True)), typed)


def _control(of: BoardField, held: Any, required: bool) -> Any:
    validators = [Said(required=required)]
    said: dict[str, Any] = {"label": of.name, "description": of.help}
    if of.type in LONGEST:
        most = LONGEST[of.type]
        validators.append(Length(max=most, message=f"Use at most {most:,} characters."))
        said["render_kw"] = {"maxlength": most}
    if of.has_choices:
        said["choices"] = [
            SelectChoice(str(each.id), each.name)
            for each in of.choices
            if each.archived_at is None or each.id in (held or ())
        ]
    return MAKERS[Type(of.type)](validators, said)


def _one(validators: Any, said: dict[str, Any]) -> Any:
    choices = [SelectChoice("", "No answer"), *said.pop("choices")]
    return SelectField(validators=validators, choices=choices, default="", **said)


def _several(validators: Any, said: dict[str, Any]) -> Any:
    return SelectMultipleField(validators=validators, option_widget=CheckboxInput(), **said)


def _yes_no(validators: Any, said: dict[str, Any]) -> Any:
    return _one(validators, said | {"choices": [SelectChoice("yes", "Yes"), SelectChoice("no", "No")]})


MAKERS: Mapping[Type, Any] = {
    Type.SHORT_TEXT: lambda v, said: StringField(validators=v, filters=[one_line], **said),
    Type.LONG_TEXT: lambda v, said: TextAreaField(validators=v, filters=[tidy], **said),
    Type.NUMBER: lambda v, said: Number(validators=v, render_kw={"inputmode": "numeric"}, **said),
    Type.DATE: lambda v, said: Day(validators=v, **said),
    Type.CHOICE: _one,
    Type.CHOICES: _several,
    Type.YES_NO: _yes_no,
    Type.LINK: lambda v, said: URLField(validators=[*v, is_address], filters=[one_line], **said),
}


def _typed(of: BoardField, value: Any) -> Any:
    """A value as its control takes it."""
    if of.type == Type.CHOICES:
        return [str(each) for each in value]
    if of.type == Type.CHOICE:
        return str(value[0])
    return ("yes" if value else "no") if of.type == Type.YES_NO else value


def _meant(of: BoardField, data: Any) -> Any:
    """What a control holds, as a value."""
    if of.has_choices:
        several = data if of.type == Type.CHOICES else [data] if data else []
        return tuple(int(each) for each in several or ()) or None
    if of.type == Type.YES_NO:
        return {"yes": True, "no": False}.get(data or "")
    return None if data == "" else data
