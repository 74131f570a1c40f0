"""Ideas of a source: new ones are added, known ones follow what their source says, where nobody here said otherwise."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal import markup
from portal.database import db
from portal.discussion.models import Label, Labelling, introduction
from portal.ideas.merging.models import Merge
from portal.ideas.models import Idea, Status, StatusChange
from portal.transfer import storing
from portal.transfer.tables.adding_duplicates import Duplicates
from portal.transfer.tables.checking import LONGEST_TITLE, BadValue, Fields, Who
from portal.transfer.tables.placing import Places
from portal.transfer.tables.taking import Taking
from portal.voting.models import Vote

_HTML = re.compile(
    r"<(?:p|br|div|ul|ol|li|a|b|i|strong|em|h[1-6]|span|blockquote|table)\b[^>]*>", re.IGNORECASE
)
HELD_BACK = {
    "pending": "It waited for approval where it came from",
    "spam": "It was spam where it came from",
    "rejected": "It was rejected where it came from",
    "deleted": "It was deleted where it came from",
    "archived": "It was archived where it came from",
}
SHOWN = frozenset({"", "published", "approved", "visible", "active", "public"})
RETIRED = "It was retired by its author where it came from"
QUIETLY = {"synchronize_session": False}


@dataclass(slots=True)
class _New:
    """What a row says: the columns of the idea, and what stands beside it."""

    key: str
    values: dict[str, Any]
    author: Who
    votes: int
    against: int
    status_at: datetime | None
    labels: list[str]
    duplicate_of: str
    answer: Fields | None


class Ideas:
    """Takes rows of ideas, batch by batch."""

    def __init__(self, taking: Taking, places: Places, *, merges: bool) -> None:
        """`merges`: what the source calls a duplicate was merged there."""
        self._taking = taking
        self._places = places
        self._seen: set[str] = set()
        self.duplicates = Duplicates(taking, merges=merges)

    def take(self, rows: Sequence[tuple[str, Fields]], *, grouped: bool) -> None:
        """`grouped`: an idea may stand in many rows, one for each voter, and counts once."""
        found = []
        for where, fields in rows:
            try:
                new = self._read(fields, grouped)
            except BadValue as error:
                self._taking.refuse(where, str(error))
                continue
            if new is not None:
                found.append(new)
        self._taking.people.ids(each.author for each in found)
        self._write(found)

    def _read(self, fields: Fields, grouped: bool) -> _New | None:
        fields.line("title", LONGEST_TITLE, needed=True)
        key = fields.key("idea", needed=False) or self._taking.key_of(fields)
        if key in self._seen:
            if grouped:
                return None
            raise BadValue("the same id twice")
        values = self._values(fields, key)
        counted = fields.number("votes"), fields.number("votes_against")
        if min(counted) < 0:
            raise BadValue("there are fewer than no votes")
        labels, original = fields.labels("labels"), fields.key("duplicate_of", needed=False)
        answered = fields if fields.text("answer", markup.LONGEST) else None
        new = _New(
            key, values, fields.who("author"), *counted, values["status_at"], labels, original, answered
        )
        self._seen.add(key)
        return new

    def _values(self, fields: Fields, key: str) -> dict[str, Any]:
        at = fields.moment("created_at", needed="created_at" in fields) or self._taking.began
        status = self._places.status_of(fields)
        body = fields.text("body", markup.LONGEST_HTML)
        return cooked(body, fields.called("body")) | _shown(fields, at) | {
            "board_id": self._places.board_of(fields),
            "title": fields.line("title", LONGEST_TITLE),
            "status": status,
            "status_at": fields.moment("status_at") if status != Status.OPEN else None,
            "target": fields.line("target", 40) or None,
            "created_at": at,
            "source_system": self._taking.source,
            "source_id": key,
            "source_url": fields.address("url"),
        }  # fmt: skip

    def _write(self, found: Sequence[_New]) -> None:
        here = self._here([each.key for each in found])
        new = [each for each in found if each.key not in here]
        report = self._taking.report
        rows = [each.values | self._taking.people.author(each.author) | _tallies(each) for each in new]
        report.taken["ideas"] += storing.add(Idea, rows)
        self._taking.fresh |= {each.key for each in new}
        ids = self._taking.note_ideas(each.key for each in found)
        self._taking.counted |= set(ids.values())
        self._tell_statuses(new, ids)
        for each in found:
            if each.key in here:
                self._follow(each, here[each.key])
        self._label(found, ids)
        for each in found:
            if each.answer is not None:
                self._taking.answers.append((each.key, each.answer))
            if each.duplicate_of:
                self.duplicates.note(each.key, each.duplicate_of, each.values["created_at"])

    def _here(self, keys: Sequence[str]) -> dict[str, Any]:
        voted = sa.select(sa.func.count()).where(Vote.idea_id == Idea.id, Vote.imported)
        counts = [
            voted.where(Vote.value == value).scalar_subquery().label(name)
            for value, name in ((1, "up"), (-1, "down"))
        ]
        decided = sa.exists().where(StatusChange.idea_id == Idea.id, StatusChange.changed_by_id.is_not(None))
        columns = (Idea.id, Idea.source_id, Idea.title, Idea.body, Idea.status, Idea.edited_at)
        tallies = (Idea.imported_up, Idea.imported_down, _holds_brought(), decided.label("decided"), *counts)
        rows = sa.select(*columns, *tallies).where(
            Idea.source_system == self._taking.source, Idea.source_id.in_(keys)
        )
        return {row.source_id: row for row in db.session.execute(rows)}

    def _follow(self, new: _New, here: Any) -> None:
        """What the source says now of an idea that is here. Words and decisions of this house stay."""
        values: dict[str, Any] = {}
        if here.edited_at is None and (here.title, here.body) != (new.values["title"], new.values["body"]):
            values |= {
                name: new.values[name] for name in ("title", "body", "body_html", "cooked_with", "summary")
            }
        # Of the votes that the source counts, those with a voter are here as votes.
        left = {"imported_up": max(0, new.votes - here.up), "imported_down": max(0, new.against - here.down)}
        # What merges brought is part of the numbers of an idea that counts for others: they stay.
        values |= {n: count for n, count in left.items() if count != getattr(here, n) and not here.brought}
        if new.values["status"] != here.status and not here.decided:
            values |= {"status": new.values["status"], "status_at": new.status_at}
            change = _change(here.id, here.status, new)
            db.session.execute(sa.insert(StatusChange), [change])
        if values:
            db.session.execute(
                sa.update(Idea).where(Idea.id == here.id).values(values), execution_options=QUIETLY
            )
        self._taking.report.changed["ideas"] += bool(values)
        self._taking.report.known["ideas"] += not values

    def _tell_statuses(self, new: Iterable[_New], ids: dict[str, int]) -> None:
        rows = (
            _change(ids[each.key], Status.OPEN, each) for each in new if each.values["status"] != Status.OPEN
        )
        storing.add(StatusChange, rows)

    def _label(self, found: Iterable[_New], ids: dict[str, int]) -> None:
        words: dict[str, list[int]] = defaultdict(list)
        for each in found:
            for word in each.labels:
                words[word].append(ids[each.key])
        if words:
            storing.add_new(Label, [{"name": word} for word in sorted(words)])
            known = dict(
                db.session.execute(sa.select(Label.name, Label.id).where(Label.name.in_(words))).all()
            )
            rows = [{"label_id": known[word], "idea_id": key} for word, keys in words.items() for key in keys]
            self._taking.report.taken["labels"] += storing.add_new(Labelling, rows)


def _holds_brought() -> Any:
    """Whether votes without voters came to a row of Idea by merges."""
    source = aliased(Idea)
    merges = sa.exists().where(source.merged_into_id == Idea.id, Merge.source_id == source.id)
    return merges.where(Merge.undone_at.is_(None), Merge.imported_up + Merge.imported_down > 0).label(
        "brought"
    )


def cooked(body: str, called: str) -> dict[str, Any]:
    """The columns of a text: imported HTML where it looks so, Markdown else. Raises BadValue when it is too long."""
    html = bool(_HTML.search(body))
    if not html and len(body) > markup.LONGEST:
        raise BadValue(f"{called} has {len(body):,} characters, and {markup.LONGEST:,} are the most")
    text = markup.clean(body) if html else markup.cook(body)
    return {
        "body": body,
        "body_html": text.html,
        "cooked_with": text.version,
        "summary": introduction(text.html),
    }


def hidden(fields: Fields, at: datetime) -> dict[str, Any]:
    """Whether a text is out of sight, by its state where it came from. Raises BadValue for a state nobody knows."""
    state = fields.line("moderation", 100).lower()
    if state not in SHOWN and state not in HELD_BACK:
        raise BadValue(f"nobody knows what {fields.called('moderation')} {state!r} means")
    reason = HELD_BACK.get(state)
    return {"hidden_at": at if reason else None, "hidden_reason": reason}


def _shown(fields: Fields, at: datetime) -> dict[str, Any]:
    retired = fields.moment("retired_at")
    return hidden(fields, at) | {"locked_at": retired, "locked_reason": RETIRED if retired else None}


def _tallies(new: _New) -> dict[str, Any]:
    return {"imported_up": new.votes, "imported_down": new.against}


def _change(idea_id: int, old: str, new: _New) -> dict[str, Any]:
    change = {"idea_id": idea_id, "old": str(old), "new": str(new.values["status"]), "at": new.status_at}
    return change | {"changed_by_id": None, "reason": None}
