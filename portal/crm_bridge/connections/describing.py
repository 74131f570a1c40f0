"""Describing a connection in lines: what its vendor needs, and how it stands. Secrets are never among them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from portal import clock
from portal.crm_bridge import telling
from portal.crm_bridge.alarms.expiring import days_left, in_words
from portal.crm_bridge.calling.blanking import BLANK
from portal.crm_bridge.connecting import Connection
from portal.crm_bridge.connections.measuring import Numbers
from portal.crm_bridge.declaring import Declaration, Setting, declaration
from portal.crm_bridge.mapping import KINDS
from portal.crm_bridge.models import CrmConnection
from portal.crm_bridge.pulling.choosing import Choice
from portal.crm_bridge.queries import State
from portal.crm_bridge.shaping import Owner, Shape


def setting_lines(declared: Declaration) -> Iterator[str]:
    """What each setting means, and whether it must be given."""
    for each in declared.settings:
        need = "required" if each.required else f"default {each.default or 'none'}"
        kinds = ", ".join(filter(None, (need, "secret" if each.secret else "", "|".join(each.choices))))
        where = f" [{each.where}]" if each.where else ""
        example = f", such as {each.example}" if each.example else ""
        yield f"{each.name} ({kinds}): {each.title}. {each.meaning}{where}{example}"


def shown_settings(connection: Connection) -> list[tuple[Setting, str]]:
    """The settings that were given, each with what may be shown of it."""
    return [
        (each, BLANK if each.secret else connection.settings[each.name])
        for each in declaration(connection.vendor).settings
        if each.name in connection.settings or each.name in connection.sealed
    ]


def facts(connection: Connection) -> list[tuple[str, str]]:
    """The same in the words of pages."""
    said = [(each.title, each.words.get(value, value)) for each, value in shown_settings(connection)]
    days = days_left(connection.settings, clock.now().date())
    return said if days is None else [*said, ("Days left of the secret", in_words(days))]


def status_lines(
    connection: Connection, row: CrmConnection | None, state: State, closed: Sequence[str] = ()
) -> Iterator[str]:
    """How a connection stands. `closed` are secrets that the key of now does not open."""
    paused = ", paused" if connection.paused else ""
    private = ", private address allowed" if connection.private else ""
    yield f"{connection.name}: {declaration(connection.vendor).title}{paused}{private}"
    for setting, value in shown_settings(connection):
        yield f"  {setting.name} = {value}"
    for name in closed:
        yield f"  {name} cannot be read: put the old secret key back, run flask crm reseal, or give it again"
    yield f"  {state.waiting:,} wait, {state.written:,} written, {state.refused:,} not taken"
    if row is None or row.pushed_at is None:
        yield "  never pushed"
    else:
        yield f"  last push {_at(row.pushed_at)}: {telling.written(row.pushed or {})}"
    if row is not None:
        yield from _trouble_lines(row)


def _trouble_lines(row: CrmConnection) -> Iterator[str]:
    if row.calls_on:
        limit = f" of {row.calls_limit:,}" if row.calls_limit else ""
        yield f"  {row.calls_used:,}{limit} calls on {row.calls_on}"
    if row.failure:
        yield f"  failed {_at(row.failed_at)}: {row.failure}"
    if row.opened_at:
        yield f"  stopped since {_at(row.opened_at)} after {row.failures} failures"
    if row.not_before:
        yield f"  the worker sends nothing before {_at(row.not_before)}"


def number_lines(numbers: Numbers) -> Iterator[str]:
    """What is measured, as far as there is something to say."""
    if numbers.lag_seconds:
        yield f"  lag {numbers.lag_seconds // 60:,} minutes, {numbers.pending:,} pending"
    if numbers.retried:
        yield f"  {numbers.retried:,} are tried again later"
    for words, many in numbers.quarantined.items():
        yield f"  {many:,} refused for good: {words}"
    if numbers.drift_percent is not None:
        yield f"  drift {numbers.drift_percent} % at {_at(numbers.drift_at)}"


def _at(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC" if moment else "–"


def field_lines(shape: Shape) -> Iterator[str]:
    """Each field of ours, how the CRM calls it, and who owns it there."""
    for kind in KINDS:
        for each in kind.fields:
            ours = f"{kind.name}.{each.name}"
            yield f"{ours:26} {shape.name(kind.name, each.name):26} {shape.owner(kind.name, each.name)}"


def pulled_lines(choices: Mapping[str, Choice]) -> Iterator[str]:
    """Each field that is read, how the CRM calls it, and whether it counts more than what stands here."""
    for kind, choice in choices.items():
        for name, theirs in choice.names.items():
            owner = Owner.IF_BLANK if name in choice.yielding else Owner.CRM
            yield f"{f'{kind}.{name}':26} {theirs:26} {owner}, read"
