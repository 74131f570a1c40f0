"""Rows that join two others: labels, links, followers, lines of the log, badges."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal import clock
from portal.database import db
from portal.discussion.models import Label, Labelling, Link
from portal.moderation.models import ModerationAct
from portal.notifications.models import Watch
from portal.reputation.models import ImportedBadge
from portal.transfer import storing
from portal.transfer.stackexchange.reading import BadValue, Row, moment, number
from portal.transfer.stackexchange.writing import Texts

RELATED, DUPLICATE = 1, 3
Subjects = dict[int, dict[str, Any]]


def label(texts: Texts, subjects: Subjects) -> None:
    """Tags that say no kind, category or status become labels."""
    ids = {name: key for key, name in db.session.execute(sa.select(Label.id, Label.name))}
    missing = {word for words in texts.labels.values() for word in words} - set(ids)
    storing.add(Label, ({"name": name} for name in sorted(missing)))
    ids = {name: key for key, name in db.session.execute(sa.select(Label.id, Label.name))}
    rows = (
        {"label_id": ids[word], **subjects[key]}
        for key, words in texts.labels.items()
        for word in sorted(set(words))
        if key in texts.fresh
    )
    texts.dump.report.taken["labels"] += storing.add(Labelling, rows)


def link(texts: Texts, subjects: Subjects) -> None:
    """Related and duplicate questions; a chain of duplicates is followed to its end."""
    rows = [each for each in _links(texts) if _has_ends(texts, each, subjects)]
    targets = {source: target for _key, source, target, kind, _at in rows if kind == DUPLICATE}
    known = storing.known(Link, texts.source)
    new = (_link(texts, each, subjects, targets) for each in rows if str(each[0]) not in known)
    texts.dump.report.taken["links"] += storing.add(Link, new)


def _links(texts: Texts) -> Iterator[tuple[int, int, int, int, datetime]]:
    for key, row in texts.dump.taken("PostLinks"):
        try:
            ends = number(row, "PostId", needed=True), number(row, "RelatedPostId", needed=True)
            kind, at = number(row, "LinkTypeId", needed=True), moment(row, "CreationDate")
        except BadValue as error:
            texts.dump.report.refuse("PostLinks", str(key), str(error))
            continue
        if kind in (RELATED, DUPLICATE):
            yield key, *ends, kind, at or clock.now()
        else:
            texts.dump.report.refuse("PostLinks", str(key), f"links of kind {kind} mean nothing here")


def _has_ends(texts: Texts, link: tuple[int, int, int, int, datetime], subjects: Subjects) -> bool:
    key, source, target, _kind, _at = link
    fine = source in subjects and target in subjects and source != target
    if not fine:
        texts.dump.report.refuse("PostLinks", str(key), "an end of the link is not there")
    return fine


def _link(
    texts: Texts, link: tuple[int, int, int, int, datetime], subjects: Subjects, targets: dict[int, int]
) -> Row:
    key, source, target, kind, at = link
    if kind == DUPLICATE:
        target = _end(source, targets)
    row: dict[str, Any] = {
        "kind": "duplicate" if kind == DUPLICATE else "related",
        "created_at": at,
        "source_system": texts.source,
        "source_id": str(key),
    }
    row |= {f"from_{name}": value for name, value in subjects[source].items()}
    return row | {f"to_{name}": value for name, value in subjects[target].items()}


def _end(start: int, targets: dict[int, int]) -> int:
    """Where a chain of duplicates ends; a circle ends before it closes."""
    seen = {start}
    here = targets[start]
    while here in targets and here not in seen and targets[here] not in seen:
        seen.add(here)
        here = targets[here]
    return here


def follow(texts: Texts, subjects: Subjects) -> None:
    """Favourites name their owner: they follow the idea or topic."""
    followed = (Watch.person_id, Watch.idea_id, Watch.topic_id)
    known = {tuple(row) for row in db.session.execute(sa.select(*followed))}
    rows = {}
    for post, user, at in texts.gathered.favourites:
        try:
            person_id = texts.people.who_has(user)
            if post not in subjects:
                raise BadValue("the post is not there")
        except BadValue as error:
            texts.dump.report.refuse("Votes", None, f"a favourite: {error}")
            continue
        row = {"person_id": person_id, **subjects[post], "since": at}
        rows[(person_id, row["idea_id"], row["topic_id"])] = row
    new = (row for key, row in rows.items() if key not in known)
    texts.dump.report.taken["followers"] += storing.add(Watch, new)


def log(texts: Texts, subjects: Subjects, answers: Subjects) -> None:
    """Flags and reviews of the source stand in the log, without a moderator."""
    rows = []
    for post, reason, at in texts.gathered.reviews:
        place = _place(post, texts, subjects, answers)
        if place is not None:
            rows.append({**place, "act": "review", "moderator_id": None, "reason": reason, "at": at})
    texts.dump.report.taken["lines of the log"] += storing.add(ModerationAct, rows)


def _place(post: int, texts: Texts, subjects: Subjects, answers: Subjects) -> dict[str, Any] | None:
    nowhere = {"idea_id": None, "topic_id": None, "post_id": None}
    if post in subjects:
        return nowhere | subjects[post] if post in texts.fresh else None
    if post in answers:
        return nowhere | {"post_id": answers[post]["parent_id"]} if post in texts.fresh else None
    texts.dump.report.refuse("Votes", None, "a flag or review of a post that is not there")
    return None


def award(texts: Texts) -> None:
    """Badges, apart from anything earned here."""
    known = storing.known(ImportedBadge, texts.source)
    texts.dump.report.taken["badges"] += storing.add(ImportedBadge, _badges(texts, known))


def _badges(texts: Texts, known: dict[str, int]) -> Iterator[dict[str, Any]]:
    counted: Counter[str] = texts.dump.report.known
    for key, row in texts.dump.taken("Badges"):
        try:
            at, grade = moment(row, "Date"), number(row, "Class") or None
            user = number(row, "UserId", needed=True)
            person_id = texts.people.who_has(user, "the person it was given to")
        except BadValue as error:
            texts.dump.report.refuse("Badges", str(key), str(error))
            continue
        if str(key) in known:
            counted["badges"] += 1
            continue
        yield {
            "person_id": person_id,
            "name": row.get("Name", "")[:80] or "Badge",
            "grade": grade,
            "awarded_at": at,
            "source_system": texts.source,
            "source_id": str(key),
        }
