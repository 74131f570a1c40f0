"""The plan: what each record should say, compared with what was last written. It reads and writes nothing."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import chain
from typing import Any

from portal import clock
from portal.crm_bridge import consenting, describing, gathering, summing
from portal.crm_bridge.comparing import Change, Subject, Waiting, Wanted, compare, erasure, with_differences
from portal.crm_bridge.describing import Record, Voice
from portal.crm_bridge.mapping import ACCOUNT, CONTACT, VOTE, account_fields, contact_fields, vote_fields
from portal.crm_bridge.marking import Mark, marked, marks
from portal.crm_bridge.models import Entity
from portal.database import reading_only

TOGETHER = 500
"""How many people or companies are looked at together."""

VOTES = 5_000
"""How many votes are held in memory at a time."""

REST = timedelta(seconds=60)
"""The worker writes a contact or an account once in that time at most, however much happens."""

TO_COME = frozenset({Waiting.RETRY, Waiting.JUST_WRITTEN})
NOBODY = "no consenting people"
HIDDEN_IDEA = "the idea is hidden"
CAME_AND_WENT = "taken back before the CRM said that it has it"


@dataclass(slots=True)
class Sheet:
    """A part of the plan, small enough for memory.

    `marks` are dealt with when its changes are; `looked_at` counts the people and companies that it finishes. `rest` is
    that of the voice.
    """

    changes: list[Change] = field(default_factory=list)
    equal: int = 0
    skipped: list[tuple[Subject, str]] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    looked_at: int = 0
    rest: timedelta = timedelta()

    def weigh(self, wanted: Wanted, link: Any) -> None:
        """Compare one record and put it where it belongs."""
        verdict = compare(wanted, link, self.rest)
        if verdict is None:
            self.equal += 1
        elif isinstance(verdict, Change):
            self.changes.append(verdict)
        else:
            self.skipped.append((wanted.subject, verdict))

    def held_back(self) -> set[int]:
        """Whose record waits for another try, or for a while: their marks must stay."""
        return {subject.entity_id for subject, reason in self.skipped if reason in TO_COME}

    def later(self) -> list[Subject]:
        """What was written just now and differs again. It must have a mark, whatever it was looked at for."""
        return [subject for subject, reason in self.skipped if reason == Waiting.JUST_WRITTEN]


def everything(voice: Voice) -> Iterator[Sheet]:
    """The plan of everybody. The caller may end the transaction at each sheet."""
    with reading_only():
        seen = marks(voice.connection, Entity.IDEA)
    for ids in _pages(gathering.company_ids):
        yield companies(voice, ids)
    for ids in _pages(gathering.people_ids):
        yield from people(voice, ids)
    yield Sheet(marks=seen)


def waiting(voice: Voice) -> Iterator[Sheet]:
    """The plan of what is marked dirty. The caller may end the transaction at each sheet."""
    for ids in _pages(lambda after, limit: marked(voice.connection, Entity.COMPANY, after, limit)):
        yield companies(voice, ids)
    for ids in _pages(lambda after, limit: marked(voice.connection, Entity.PERSON, after, limit)):
        yield from people(voice, ids)
    for [idea_id] in _pages(lambda after, _: marked(voice.connection, Entity.IDEA, after, 1)):
        yield from _idea(voice, idea_id)


def at_rest(voice: Voice) -> Iterator[Sheet]:
    """The plan of what is marked dirty, but for records that were written just now: those keep their marks."""
    yield from waiting(replace(voice, rest=REST))


def _pages(read: Callable[[int, int], list[int]]) -> Iterator[list[int]]:
    """Ids in pages, each found after the last id of the one before."""
    last = 0
    while True:
        with reading_only():
            ids = read(last, TOGETHER)
        if not ids:
            return
        yield ids
        last = ids[-1]


def _idea(voice: Voice, idea_id: int) -> Iterator[Sheet]:
    """Everybody whose record speaks of an idea."""
    with reading_only():
        seen = marks(voice.connection, Entity.IDEA, [idea_id])
    for ids in _pages(lambda after, limit: gathering.people_of_idea(idea_id, after, limit)):
        yield from people(voice, ids)
    yield Sheet(marks=seen)


def companies(voice: Voice, ids: Collection[int]) -> Sheet:
    """The accounts of these companies. One without a consenting person is not begun."""
    sheet = Sheet(rest=voice.rest)
    with reading_only():
        seen = marks(voice.connection, Entity.COMPANY, ids)
        links = gathering.links(voice.connection, Entity.COMPANY, ids)
        doings = summing.company_doings(ids)
        for company in gathering.companies(ids):
            subject = Subject(Entity.COMPANY, company.id)
            if not doings[company.id].participants and company.id not in links:
                sheet.skipped.append((subject, NOBODY))
                continue
            record = describing.account(voice, company, doings[company.id])
            fields = voice.keep(ACCOUNT.name, account_fields(record))
            wanted = Wanted(subject, ACCOUNT, fields, {"account": record})
            sheet.weigh(wanted, links.get(company.id))
        sheet.changes = with_differences(voice.connection, sheet.changes)
    sheet.marks = [each for each in seen if each.entity_id not in sheet.held_back()]
    sheet.looked_at = len(ids)
    return sheet


def people(voice: Voice, ids: Collection[int]) -> Iterator[Sheet]:
    """The contacts of these people, then their votes: a vote hangs under its contact."""
    with reading_only():
        seen = marks(voice.connection, Entity.PERSON, ids)
        rows = gathering.people(ids)
        refused = consenting.refusals(voice.connection, ids)
        allowed = {row.id: row for row in rows if row.id not in refused}
        links = gathering.links(voice.connection, Entity.PERSON, ids)
        sheet = _contacts(voice, allowed, links)
        sheet.skipped += [(Subject(Entity.PERSON, each), reason) for each, reason in refused.items()]
        sheet.changes += _erasures(voice, refused, links)
    held_back = sheet.held_back()
    yield sheet
    for part in chain(_votes(voice, allowed), _withdrawn(voice, allowed)):
        held_back |= part.held_back()
        yield part
    yield Sheet(marks=[each for each in seen if each.entity_id not in held_back], looked_at=len(ids))


def _contacts(voice: Voice, allowed: dict[int, Any], links: dict[int, Any]) -> Sheet:
    sheet = Sheet(rest=voice.rest)
    now, doings = clock.now(), summing.doings(allowed)
    for person in allowed.values():
        participant = describing.participant(voice, person)
        reputation = describing.reputation(voice, person, doings[person.id], as_of=now)
        records = {"participant": participant, "reputation": reputation}
        subject = Subject(Entity.PERSON, person.id)
        fields = voice.keep(CONTACT.name, contact_fields(participant, reputation))
        sheet.weigh(Wanted(subject, CONTACT, fields, records, person.email), links.get(person.id))
    sheet.changes = with_differences(voice.connection, sheet.changes)
    return sheet


def _erasures(voice: Voice, refused: dict[int, str], links: dict[int, Any]) -> list[Change]:
    """Votes before contacts: a kill between the two leaves nothing that hangs under nothing."""
    erased = {each: reason for each, reason in refused.items() if reason in consenting.TO_ERASE}
    changes = [
        erasure(Subject(Entity.VOTE, row.entity_id, row.idea_id), VOTE, row.remote_id, erased[row.entity_id])
        for row in gathering.linked_votes(voice.connection, erased)
    ]
    return changes + [
        erasure(Subject(Entity.PERSON, each), CONTACT, links[each].remote_id, reason)
        for each, reason in erased.items()
        if each in links
    ]


def _votes(voice: Voice, people: dict[int, Any]) -> Iterator[Sheet]:
    """The votes of these people in parts."""
    voters = {each: describing.voter(voice, person) for each, person in people.items()}
    for rows, sheet in _parts(voice, people, gathering.votes):
        for row, link in rows:
            subject = Subject(Entity.VOTE, row.person_id, row.idea_id)
            if row.is_hidden and link is None:
                sheet.skipped.append((subject, HIDDEN_IDEA))
                continue
            sheet.weigh(_vote(voice, voters, subject, row), link)
        yield _finished(voice, sheet)


def _vote(voice: Voice, voters: dict[int, Record], subject: Subject, row: Any) -> Wanted:
    record = describing.vote(voice, voters[row.person_id], row)
    return Wanted(subject, VOTE, voice.keep(VOTE.name, vote_fields(record)), {"vote": record})


def _withdrawn(voice: Voice, people: dict[int, Any]) -> Iterator[Sheet]:
    """Votes of these people that are no longer here, in parts.

    One that came and went before the CRM said that it took it is taken out there, in case it did.
    """
    voters = {each: describing.voter(voice, person) for each, person in people.items()}
    for rows, sheet in _parts(voice, people, gathering.withdrawn):
        for row, link in rows:
            subject = Subject(Entity.VOTE, link.entity_id, link.idea_id)
            if row is None:
                sheet.changes.append(erasure(subject, VOTE, link.remote_id, CAME_AND_WENT))
            else:
                sheet.weigh(_vote(voice, voters, subject, row), link)
        yield _finished(voice, sheet)


def _parts(
    voice: Voice, people: dict[int, Any], read: Callable[..., Sequence[Any]]
) -> Iterator[tuple[Sequence[Any], Sheet]]:
    """Rows of `gathering.votes` or `gathering.withdrawn`, a part at a time, each with an empty sheet."""
    after = (0, 0)
    while people:
        with reading_only():
            rows = read(voice.connection, people, after, VOTES)
        if rows:
            yield rows, Sheet()
        if len(rows) < VOTES:
            return
        vote, link = rows[-1]
        after = (vote.person_id, vote.idea_id) if vote else (link.entity_id, link.idea_id)


def _finished(voice: Voice, sheet: Sheet) -> Sheet:
    with reading_only():
        sheet.changes = with_differences(voice.connection, sheet.changes)
    return sheet
