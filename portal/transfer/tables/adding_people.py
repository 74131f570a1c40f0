"""People and companies of a source. They cannot sign in, get no mail, and are in no CRM: their mails are not verified."""

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from portal import clock
from portal.accounts.burying import buried, mark_of
from portal.accounts.matching import objection
from portal.accounts.models import Company, CompanyDomain, Person
from portal.database import db
from portal.transfer import storing
from portal.transfer.reporting import Report
from portal.transfer.tables.checking import LONGEST_NAME, BadValue, Fields, Who

NAMELESS = "Imported customer"
"""A mail address is never shown, so whoever comes with nothing else is called so."""
LONGEST_COMPANY = 120
_PERSON = ("id", "email", "source_system", "source_id", "erased_at")


GROWTH = 4
"""PostgreSQL looks at the table again when there are so many times as many people."""


class People:
    """Who stands behind the names of a source. Somebody with the same mail address is the same person."""

    def __init__(self, source: str, report: Report) -> None:
        self._source = source
        self._report = report
        self._ids: dict[str, int] = {}
        self._erased: set[int] = set()
        self._grown = 1_000

    def ids(self, several: Iterable[Who]) -> set[int]:
        """Have everybody of these, where they can be told apart, in a few statements for all; returns who is new."""
        unknown = {self._name(who): who for who in several if who.is_known and self.id_of(who) is None}
        self._find(unknown.values())
        missing = [who for who in unknown.values() if self.id_of(who) is None]
        if not missing:
            return set()
        self._report.taken["people"] += storing.add(Person, self._rows(missing))
        if self._report.taken["people"] >= self._grown:
            storing.make_ready_to_count(Person)
            self._grown *= GROWTH
        self._find(missing)
        return {found for who in missing if (found := self.id_of(who))}

    def id_of(self, who: Who) -> int | None:
        """The person, None for somebody who is only a name or was not asked for in `ids`."""
        found = self._ids.get(f"id:{who.key}") if who.key else None
        return found or (self._ids.get(f"mail:{who.mail}") if who.mail else None)

    def id_needed(self, who: Who, called: str) -> int:
        """The person. Raises BadValue for one who cannot be told from others, or was erased here."""
        found = self.id_of(who)
        if found is None:
            raise BadValue(f"{called} has neither a mail address nor an id")
        if found in self._erased:
            raise BadValue(f"{called} was erased here")
        return found

    def author(self, who: Who) -> dict[str, Any]:
        """The columns that say who wrote something: a person, or a ghost by name."""
        person_id = self.id_of(who)
        ghost = None if person_id else (who.name or "Unknown")
        url = None if person_id in self._erased else who.url or None
        return {"author_id": person_id, "ghost_name": ghost, "source_author_url": url}

    def place(self, several: Sequence[tuple[Who, int | None, str]]) -> set[int]:
        """Name and company as a table of people says, of those of this source who have no account; returns of whom
        that changed something."""
        said = {self.id_of(who): (company, name) for who, company, name in several}
        mine = (
            *(Person.source_system == self._source, Person.confirmed_at.is_(None)),
            *(Person.erased_at.is_(None), Person.id.in_(said)),
        )
        rows = []
        for row in db.session.execute(sa.select(Person.id, Person.name, Person.company_id).where(*mine)):
            company, name = said[row.id]
            new = (company or row.company_id, name or row.name)
            if new != (row.company_id, row.name):
                rows.append({"key": row.id, "company": new[0], "called": new[1]})
        if rows:
            person = Person.__table__
            changed = sa.update(person).where(person.c.id == sa.bindparam("key"))  # type: ignore[arg-type]
            values: dict[str, Any] = {"company_id": sa.bindparam("company"), "name": sa.bindparam("called")}
            db.session.execute(changed.values(values), rows)
        return {row["key"] for row in rows}

    def _name(self, who: Who) -> str:
        return f"mail:{who.mail}" if who.mail else f"id:{who.key}"

    def _source_id(self, who: Who) -> str:
        # Not the address itself: it would outlive the erasure of its owner.
        return who.key or f"mail:{sha256(who.mail.encode()).hexdigest()[:40]}"

    def _find(self, several: Iterable[Who]) -> None:
        by_key = {self._source_id(who): who for who in several}
        by_mail = {who.mail: who for who in several if who.mail}
        if not by_key:
            return
        of_source = sa.and_(Person.source_system == self._source, Person.source_id.in_(by_key))
        people = sa.select(*(getattr(Person, name) for name in _PERSON))
        # Not one question with "or": each of these is answered by an index.
        found = people.where(Person.email.in_(by_mail)).union(people.where(of_source))
        for row in db.session.execute(found):
            mine = row.source_id if row.source_system == self._source else None
            if row.erased_at is not None:
                self._erased.add(row.id)
            # An account of that address is the person, whatever the source calls its own.
            for who in filter(None, (by_key.get(mine or ""), by_mail.get(row.email or "-"))):
                self._note(who, row)
        self._find_erased(by_key, by_mail)

    def _find_erased(self, by_key: dict[str, Who], by_mail: dict[str, Who]) -> None:
        """Who was erased stays it: what a source says of them goes to nobody, also to nobody new with that address."""
        marks = {mark: who for key, who in by_key.items() for mark in (key, mark_of(key))}
        known = sa.select(Person.source_id, Person.id).where(
            Person.source_system == self._source, Person.source_id.in_(marks), Person.erased_at.is_not(None)
        )
        gone = [(marks[row.source_id], row.id) for row in db.session.execute(known)]
        gone += [(by_mail[mail], person_id) for mail, person_id in buried(by_mail).items()]
        for who, person_id in gone:
            self._erased.add(person_id)
            for name in (f"mail:{who.mail}" if who.mail else "", f"id:{who.key}" if who.key else ""):
                if name:
                    self._ids[name] = person_id

    def _note(self, who: Who, row: Any) -> None:
        if who.mail and (row.email == who.mail or f"mail:{who.mail}" not in self._ids):
            self._ids[f"mail:{who.mail}"] = row.id
        if who.key and (row.email == who.mail or f"id:{who.key}" not in self._ids):
            self._ids[f"id:{who.key}"] = row.id

    def _rows(self, several: Iterable[Who]) -> Iterator[dict[str, Any]]:
        mails = set[str]()
        for who in several:
            yield {
                "name": who.name or NAMELESS,
                "email": who.mail if who.mail and who.mail not in mails else None,
                "fs_uniquifier": uuid4().hex,
                "created_at": clock.now(),
                "source_system": self._source,
                "source_id": self._source_id(who),
                "source_url": who.url or None,
            }
            mails.add(who.mail)


class Companies:
    """Companies of a source, known by their id there, by their mail domain, or by their name."""

    def __init__(self, source: str, report: Report, currency: str) -> None:
        self._source = source
        self._report = report
        self._currency = currency
        self._ids: dict[str, int] = {}

    def id_of(self, fields: Fields) -> int | None:
        """The company that a row names, made where it is not there; None where it names none."""
        key, name = fields.key("company_id", needed=False), fields.line("company", LONGEST_COMPANY)
        if not key and not name:
            return None
        known = self._ids.get(key or name.lower())
        if known is None:
            known = self.take(fields, name or key)
        return known

    def take(self, fields: Fields, name: str) -> int:
        """Find or make a company by what a row says of it; what is here already stays as it is."""
        key = fields.key("company_id", needed=False) or name.lower()[:100]
        domain = (
            fields.line("domain", 2000).partition(",")[0].lower().removeprefix("@").removeprefix("www.")[:253]
        )
        found = self._found(key, domain, name)
        if found is None:
            found = self._add(fields, key, name)
            self._report.taken["companies"] += 1
            self._own(domain, found)
        self._ids[key] = self._ids[name.lower()] = found
        return found

    def _found(self, key: str, domain: str, name: str) -> int | None:
        mine = (Company.source_system == self._source, Company.source_id == key)
        owner = sa.select(CompanyDomain.company_id).where(CompanyDomain.domain == domain)
        named = sa.select(Company.id).where(sa.func.lower(Company.name) == name.lower()).order_by(Company.id)
        for select in (sa.select(Company.id).where(*mine), owner, named.limit(1)):
            found = db.session.scalar(select)
            if found is not None:
                return int(found)
        return None

    def _add(self, fields: Fields, key: str, name: str) -> int:
        monthly, revenue = fields.amount("monthly_spend"), fields.amount("revenue")
        company = Company(
            name=name,
            tier=fields.line("tier", 40) or None,
            segment=fields.line("segment", 80) or None,
            revenue=monthly * 12 if revenue is None and monthly is not None else revenue,
            currency=self._currency,
            created_at=fields.moment("created_at") or clock.now(),
            source_system=self._source,
            source_id=key,
        )
        db.session.add(company)
        db.session.flush()
        return company.id

    def _own(self, domain: str, company_id: int) -> None:
        if domain and objection(domain) is None:
            db.session.add(CompanyDomain(domain=domain, company_id=company_id))
            db.session.flush()


def name_of(fields: Fields) -> str:
    """The name of a person in a table of people."""
    return fields.line("name", 2000)[:LONGEST_NAME]
