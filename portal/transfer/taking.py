"""Taking an export out at the command line: what the options mean, and who is taken to look."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from portal.accounts.models import Stranger, Viewer
from portal.errors import Unusable
from portal.transfer.building import Export
from portal.transfer.narrowing import Choice
from portal.transfer.rows.listing import BOTH
from portal.transfer.saved import queries

FIRST = {"kind", "board", "status", "top", "since"}
"""What the command could always be told: with nothing else it writes what it always wrote."""


class Operator(Stranger):
    """Whoever has the command line of the machine: sees what staff see, and is nobody of them."""

    is_staff = True


def said(
    *, kind: str | None, rows: str | None, columns: str, without_personal: bool, **filters: Any
) -> tuple[Export, Viewer]:
    """The export that the options describe, and its viewer. Raises Unusable for what means nothing."""
    if kind is None:
        raise Unusable("Say what kind of file: --format csv, xlsx or json.")
    choice = _choice(filters)
    is_usual = not (rows or columns or without_personal or kind == "json" or set(choice.words()) - FIRST)
    if is_usual and "," not in choice.status:
        return Export(BOTH, kind, choice=choice), Stranger()
    names = tuple(each.strip() for each in columns.split(",") if each.strip())
    export = Export(rows or "ideas", kind, names, without_personal, choice)
    export.check()
    return export, Operator()


def saved(name: str, *, kind: str | None, **said: Any) -> tuple[Export, Viewer]:
    """The saved export of this name or number, and who is taken to look: whose it is.

    Raises Unusable when there is none or several, or when it is also said what to take.
    """
    if others := given(**said):
        raise Unusable(
            f"A saved export says itself what is in it: leave out --{others[0].replace('_', '-')}."
        )
    found = queries.named(name)
    if not found:
        raise Unusable(f"There is no saved export {name!r}.")
    if len(found) > 1:
        raise Unusable(
            f"Several saved exports are called {name!r}. Give the number of one, such as {found[0].id}."
        )
    export = Export.read(found[0].words)
    return replace(export, format=kind or export.format), found[0].person


def given(*, kind: str | None = None, **said: Any) -> list[str]:
    """The names of the options that were said, beside the kind of file."""
    return [option for option, value in said.items() if value and (option, value) != ("order", "top")]


def _choice(filters: dict[str, Any]) -> Choice:
    days: dict[str, Any] = {
        name: each.date() if isinstance(each, datetime) else each for name, each in filters.items()
    }
    return Choice(**days | {"status": ",".join(filters["status"])})
