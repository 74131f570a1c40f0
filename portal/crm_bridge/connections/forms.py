"""What may come in for a connection. The fields of its settings are made of what its vendor declares."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from wtforms import PasswordField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.form import BaseForm
from wtforms.validators import Length, NoneOf, Optional, Regexp
from wtforms.widgets import TextArea

from portal.crm_bridge.connections.setting_up import LONGEST, NAME, TAKEN
from portal.crm_bridge.declaring import Declaration, Setting
from portal.crm_bridge.shaping import Owner
from portal.pages import Form

PREFIX = "set-"
PLAIN_PLACE = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


class Hidden(TextAreaField):
    """A secret of several lines. What was typed is never sent back."""

    class Empty(TextArea):
        """A text area without its text."""

        def __call__(self, field: Any, **kwargs: Any) -> Any:
            field.data = None
            field.raw_data = None
            return super().__call__(field, **kwargs)

    widget = Empty()


class NameForm(Form):
    """How a new connection is called."""

    name = StringField(
        "Name of the connection",
        [
            Regexp(NAME, message="Use small letters, digits, - and _, at most 40; begin with a letter."),
            NoneOf([TAKEN], message=f"{TAKEN} cannot be the name of a connection. Take another."),
        ],
        filters=[lambda text: (text or "").strip()],
        description="For us alone, such as sales. It cannot be changed afterwards.",
    )


class PauseForm(Form):
    """Why nothing is sent for a while."""

    why = StringField(
        "Why",
        [Length(max=500, message="Use at most 500 characters.")],
        filters=[lambda text: (text or "").strip()],
    )


class DisconnectForm(Form):
    """What becomes of what was written there."""

    written = RadioField(
        "What was written in the CRM",
        choices=[
            SelectChoice("leave", "Leave it there. Nobody keeps it up to date any more."),
            SelectChoice(
                "erase", "Take it out first: votes, contacts that are ours alone, our fields of the others."
            ),
        ],
    )


class FieldForm(Form):
    """Whose a field is, and how the CRM calls it."""

    owner = SelectField(
        "Whose it is",
        choices=[
            SelectChoice(Owner.PORTAL, "Ours: we write it, over what stands there"),
            SelectChoice(Owner.IF_BLANK, "Ours where nothing stands"),
            SelectChoice(Owner.CRM, "The CRM's: we never write it"),
            SelectChoice(Owner.NONE, "Nobody's: leave what we wrote"),
            SelectChoice(Owner.CLEARED, "Nobody's: clear what we wrote"),
        ],
    )
    remote_name = StringField(
        "Its name in the CRM",
        [Optional(), Length(max=120, message="Use at most 120 characters.")],
        filters=[lambda text: (text or "").strip()],
    )


class SettingsForm(BaseForm):
    """The settings of one vendor. `there`: the names of secrets that are kept already and may stay."""

    def __init__(self, declared: Declaration, there: frozenset[str] = frozenset()) -> None:
        asked = [each for each in declared.settings if each.kind != "place" or each.required]
        super().__init__({each.name: _field(each, each.name in there) for each in asked}, PREFIX)
        self.declared = replace(declared, settings=tuple(asked))

    def of(self, later: bool) -> list[tuple[Any, Setting]]:
        """The fields that everybody looks at, or the others."""
        return [(self[each.name], each) for each in self.declared.settings if each.later is later]

    def given(self, kept: Mapping[str, str]) -> dict[str, str]:
        """What was typed and differs from what is kept. An empty secret stays as it is."""
        secret = {each.name for each in self.declared.settings if each.secret}
        defaults = {each.name: each.default or "" for each in self.declared.settings}
        typed = {
            name: str(field.data or "").strip() or defaults[name] for name, field in self._fields.items()
        }
        return {
            name: value
            for name, value in typed.items()
            if (value if name in secret else value != kept.get(name, defaults[name]))
        }


def _field(setting: Setting, kept: bool) -> Any:
    """The control of a setting, with what it is for. Where to find it stands beside it on the page."""
    label, says = setting.title, f"{setting.meaning}."
    if setting.secret:
        says += " It is kept already; leave this empty to keep it." if kept else " It is never shown again."
        keys = {"autocomplete": "new-password", "spellcheck": "false"}
        made = Hidden if setting.kind == "lines" else PasswordField
        return made(label, [Length(max=LONGEST)], description=says, render_kw=keys)
    if setting.choices:
        choices = [SelectChoice(each, setting.words.get(each, each)) for each in setting.choices]
        return SelectField(label, choices=choices, default=setting.default, description=says)
    modes = {"number": "numeric", "address": "url"}
    keys = {"inputmode": modes[setting.kind]} if setting.kind in modes else {}
    if setting.kind == "day":
        keys = {"type": "date"}
    if setting.kind == "place":
        says += " Here a plain name, which becomes a folder of the portal; any other place by the command."
    checks = [Length(max=500, message="Use at most 500 characters.")]
    return StringField(label, checks, default=setting.default, description=says, render_kw=keys)
