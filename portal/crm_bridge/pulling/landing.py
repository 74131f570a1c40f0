"""Landing: what the CRM said becomes what is known here of companies and people, in one transaction.

What the CRM holds counts. Where it holds nothing, only that is taken away here which came from there: what staff entered
stays. Doing it again changes nothing.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from portal import clock
from portal.accounts.models import Company
from portal.activity import journal
from portal.activity.events import CompanyChanged
from portal.crm_bridge.gateway import Held
from portal.crm_bridge.pulling import dealing, following, heeding, keeping, naming
from portal.crm_bridge.pulling.choosing import Choice
from portal.crm_bridge.pulling.cleaning import Known, known_of
from portal.crm_bridge.pulling.matching import Match, companies_of
from portal.crm_bridge.pulling.models import CrmPulled
from portal.database import db

_PULLED: Any = CrmPulled.__table__
_LET_GO = (
    sa.update(_PULLED)
    .where(_PULLED.c.connection == sa.bindparam("its_connection"), _PULLED.c.kind == "account")
    .where(_PULLED.c.entity_id == sa.bindparam("company"), _PULLED.c.remote_id != sa.bindparam("account"))
    .where(_PULLED.c.gone_at.is_(None))
    .values(entity_id=None, unclear=sa.bindparam("says"))
)


@dataclass(frozen=True, slots=True)
class Source:
    """Where records come from: the connection, and the currency of amounts for which it names none."""

    connection: str
    currency: str


@dataclass(slots=True)
class Landed:
    """What was done: counts in words, and a line for each thing that is now another."""

    counts: Counter[str] = field(default_factory=Counter)
    lines: list[str] = field(default_factory=list)

    def say(self, what: str, line: str) -> None:
        """Count one more of these, with a line for it."""
        self.counts[what] += 1
        self.lines.append(line)


def land(source: Source, kind: str, choice: Choice, records: Sequence[Held]) -> Landed:
    """Take over what these records say. Of one that is there twice the last counts."""
    records = list({str(each.ref.remote_id): each for each in records}.values())
    landed = Landed(Counter({f"{kind}s read": len(records)} if records else {}))
    if kind == "deal":
        dealing.land(source.connection, source.currency, records)
        return landed
    before = keeping.kept(source.connection, kind, [str(each.ref.remote_id) for each in records])
    there = [each for each in records if not is_gone(each)]
    if kind == "account":
        _land_accounts(source, choice, there, before, landed)
    else:
        for line in heeding.land(source.connection, there, before):
            landed.say("people changed", line)
    landed.lines += following.gone(
        source.connection, kind, [each for each in records if is_gone(each)], before
    )
    return landed


def is_gone(held: Held) -> bool:
    """Whether there is no such record any more: deleted, or merged into another."""
    return held.gone or held.merged_into is not None


def _land_accounts(
    source: Source,
    choice: Choice,
    records: Sequence[Held],
    before: Mapping[str, CrmPulled],
    landed: Landed,
) -> None:
    now, matches = clock.now(), companies_of(source.connection, records)
    companies = _locked({each.company_id for each in matches.values() if each.company_id is not None})
    rows = []
    for held in records:
        key = str(held.ref.remote_id)
        match, old = matches.get(key, Match()), before.get(key)
        whose = {"entity_id": match.company_id, "unclear": match.unclear}
        rows.append(keeping.row(source.connection, "account", held, old, now) | whose)
        if match.unclear:
            landed.say("unclear", f"account {key} is nobody's here: {match.unclear}")
        if match.company_id is not None:
            was = known_of(old.fields, source.currency) if old and old.entity_id == match.company_id else {}
            _take_over(companies[match.company_id], held, was, source, choice, landed)
    keeping.keep(rows)
    _let_go_of_others(source.connection, rows)
    dealing.assign(source.connection, {row["remote_id"]: row["entity_id"] for row in rows})


def _locked(ids: Collection[int]) -> dict[int, Company]:
    locked = sa.select(Company).where(Company.id.in_(ids)).order_by(Company.id)
    locked = locked.with_for_update(key_share=True).execution_options(populate_existing=True)
    return {company.id: company for company in db.session.scalars(locked)}


def _take_over(
    company: Company, held: Held, was: Known, source: Source, choice: Choice, landed: Landed
) -> None:
    """Set what differs, and say so."""
    new = known_of(held.fields, source.currency)
    # A currency counts only with its revenue, so all are judged before one is set.
    changes = {
        name: new.get(name) for name in sorted({*new, *was}) if _takes(company, name, new, was, choice)
    }
    for name, value in changes.items():
        here = getattr(company, name)
        landed.lines.append(f"{company.name}: {name} {_said(here)} -> {_said(value)}")
        setattr(company, name, value)
    company.crm_read_at = clock.now()
    changed = [*changes, *naming.add_domains(company, held)]
    if changed:
        landed.counts["companies changed"] += 1
        journal.record(CompanyChanged(actor_id=None, company_id=company.id, fields=sorted(changed)))


def _takes(company: Company, name: str, new: Known, was: Known, choice: Choice) -> bool:
    said, said_before, here = new.get(name), was.get(name), getattr(company, name)
    if said is None:
        return said_before is not None and here == said_before and name != "currency"
    leading = "revenue" if name == "currency" else name
    return here != said and (leading not in choice.yielding or getattr(company, leading) in (None, ""))


def _said(value: Any) -> str:
    return "nothing" if value in (None, "") else str(value)


def _let_go_of_others(connection: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """A company is one account there: the one that was read last, and matched, takes its place."""
    matched = [
        {
            "its_connection": connection,
            "company": row["entity_id"],
            "account": row["remote_id"],
            "says": f"company:{row['entity_id']} is {row['remote_id']} there.",
        }
        for row in rows
        if row["entity_id"] is not None
    ]
    if matched:
        db.session.execute(_LET_GO, matched)
