"""Checking what was typed for a connection, field by field."""

from collections.abc import Mapping

from portal.crm_bridge.connecting import Connection
from portal.crm_bridge.connections.entering.trying import moves
from portal.crm_bridge.connections.forms import PLAIN_PLACE, SettingsForm
from portal.crm_bridge.connections.setting_up import usable
from portal.crm_bridge.declaring import Setting
from portal.errors import Unusable

ALONE = "Give it anew: the address changes, and what was kept for the old one is not sent to another."
IN_OUR_NETWORK = (
    "This connection leads into your own network. Its address is changed by the command: "
    "flask crm connect {name} --set {field}=… --private"
)
PLACE = (
    "Write a plain name: small letters, digits, - and _. Any other place by the command flask crm connect."
)


def wrong(form: SettingsForm, given: Mapping[str, str], old: Connection | None) -> bool:
    """Whether something cannot be; the fields then say what. `old` is the connection that is changed."""
    there = {*old.settings, *old.sealed} if old else set()
    for each in form.declared.settings:
        errors = list(form[each.name].errors)
        if each.name in given:
            errors += _unusable(each, given[each.name])
        elif each.required and each.name not in there:
            errors.append(_needed(each))
        if each.kind == "place" and each.name in given and not PLAIN_PLACE.fullmatch(given[each.name]):
            errors.append(PLACE)
        form[each.name].errors = errors
    if old is not None:
        _guard_secrets(form, given, old)
    return bool(form.errors)


def _needed(setting: Setting) -> str:
    where = f" It stands here: {setting.where}." if setting.where else ""
    return f"{setting.title} is needed.{where}"


def meanwhile(given: Mapping[str, str], kept: Connection) -> str:
    """What somebody else changed since the form was opened, as far as it may be shown."""
    differ = [f"{name} is {kept.settings[name] or 'empty'} now" for name in given if name in kept.settings]
    said = f" {'; '.join(differ)}." if differ else ""
    return f"Somebody else changed these settings meanwhile.{said} Look at each, then send the form again."


def _unusable(setting: Setting, value: str) -> list[str]:
    try:
        usable(setting, value, setting.title)
    except Unusable as refusal:
        return [str(refusal)]
    return []


def _guard_secrets(form: SettingsForm, given: Mapping[str, str], old: Connection) -> None:
    """Whoever may change an address must not get at the secrets that were given for another one."""
    moved = moves(form.declared, given, old)
    for each in moved:
        if old.private:
            says = IN_OUR_NETWORK.format(name=old.name, field=each.name)
            form[each.name].errors = [*form[each.name].errors, says]
    for each in form.declared.settings:
        if moved and each.secret and each.name in old.sealed and each.name not in given:
            form[each.name].errors = [*form[each.name].errors, ALONE]
