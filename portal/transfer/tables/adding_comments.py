"""Comments of a source, the words that went with a status, and notes that only staff may read."""

from collections.abc import Sequence
from itertools import count
from typing import Any

import sqlalchemy as sa

from portal import markup
from portal.database import db
from portal.discussion.models import Post
from portal.ideas.plans.models import InternalNote
from portal.transfer import counting, storing
from portal.transfer.tables.adding_ideas import cooked, hidden
from portal.transfer.tables.checking import BadValue, Fields, Who
from portal.transfer.tables.taking import Rows, Taking

QUIETLY = {"synchronize_session": False}
_Read = tuple[str, dict[str, Any], Who]
"""Where a row stands, its columns, and who wrote it."""


class Comments:
    """Takes rows of comments and notes, batch by batch; `finish` puts comments in order and counts them."""

    def __init__(self, taking: Taking) -> None:
        self._taking = taking
        # Until all are there and can be put in order, positions are negative and only tell them apart.
        self._places = count(1)
        self._parents: dict[str, str] = {}
        self._fresh: set[str] = set()
        self._seen: set[str] = set()

    def take(self, rows: Rows, *, internal: bool) -> None:
        """`internal`: all are notes of staff; else those are whose row says that it is private."""
        self._taking.note_ideas_of(rows)
        posts: list[_Read] = []
        notes: list[_Read] = []
        for where, fields in rows:
            try:
                values, author = self._read(fields)
                is_note = internal or fields.flag("private")
                (notes if is_note else posts).append((where, values, author))
            except BadValue as error:
                self._taking.refuse(where, str(error))
        self._taking.people.ids(author for _w, _v, author in [*posts, *notes])
        self._write_posts(posts)
        self._write_notes(notes)

    def take_answers(self) -> None:
        """The words that went with a status: candidates for the official answer, under the idea."""
        rows = []
        for key, fields in self._taking.answers:
            at = fields.moment("answered_at") or fields.moment("status_at")
            if at is None:
                self._taking.refuse(key, "the official answer has no date, and is left out")
                continue
            text = cooked(fields.text("answer", markup.LONGEST), fields.called("answer"))
            rows.append(
                (
                    key,
                    {**_of(self._taking, key, f"answer:{key}", at), **text, "candidate": True},
                    fields.who("answered_by"),
                )
            )
        self._taking.people.ids(author for _k, _v, author in rows)
        self._write_posts(rows)

    def _read(self, fields: Fields) -> tuple[dict[str, Any], Who]:
        idea, _idea_id = self._taking.idea_needed(fields)
        at = fields.moment("created_at", needed=True)
        body = fields.text("body", markup.LONGEST_HTML, needed=True)
        key = f"comment:{fields.key('comment', needed=False) or self._taking.key_of(fields)}"
        if key in self._seen:
            raise BadValue("the same id twice")
        self._seen.add(key)
        parent = fields.key("parent", needed=False)
        if parent:
            self._parents[key] = f"comment:{parent}"
        values = _of(self._taking, idea, key, at) | cooked(body, fields.called("body")) | hidden(fields, at)  # type: ignore[arg-type]
        return values | {"candidate": False}, fields.who("author")

    def _write_posts(self, found: Sequence[_Read]) -> None:
        here = self._here(Post, [values["source_id"] for _w, values, _a in found])
        rows = []
        for _where, values, author in found:
            values.pop("summary", None)
            if values["source_id"] in here:
                self._follow(values, here[values["source_id"]])
                continue
            self._fresh.add(values["source_id"])
            rows.append(values | self._taking.people.author(author) | {"position": -next(self._places)})
        self._taking.report.taken["comments"] += storing.add(Post, rows)

    def _follow(self, values: dict[str, Any], here: Any) -> None:
        differs = here.edited_at is None and here.body != values["body"]
        if differs:
            changed = sa.update(Post).where(Post.id == here.id)
            text = {name: values[name] for name in ("body", "body_html", "cooked_with")}
            db.session.execute(changed.values(text), execution_options=QUIETLY)
        self._taking.report.changed["comments"] += differs
        self._taking.report.known["comments"] += not differs

    def _write_notes(self, found: Sequence[_Read]) -> None:
        here = self._here(InternalNote, [values["source_id"] for _w, values, _a in found])
        rows = []
        for where, values, author in found:
            self._parents.pop(values["source_id"], None)
            author_id = self._taking.people.id_of(author)
            if author_id is None:
                self._taking.refuse(
                    where, "nobody knows who wrote the note: it has neither a mail address nor an id"
                )
            elif values["source_id"] in here:
                self._taking.report.known["notes"] += 1
            else:
                kept = ("idea_id", "body", "body_html", "cooked_with", "source_system", "source_id")
                note = {name: values[name] for name in kept} | {
                    "at": values["created_at"],
                    "author_id": author_id,
                }
                rows.append(note)
        self._taking.report.taken["notes"] += storing.add(InternalNote, rows)

    def _here(self, model: Any, keys: Sequence[str]) -> dict[str, Any]:
        edited = [model.edited_at] if model is Post else []
        rows = sa.select(model.id, model.source_id, model.body, *edited)
        found = rows.where(model.source_system == self._taking.source, model.source_id.in_(keys))
        return {row.source_id: row for row in db.session.execute(found)}

    def finish(self) -> None:
        """Answers to comments stand below the comment that began it, all in order of time."""
        ids = storing.known(Post, self._taking.source) if self._fresh else {}
        rows = []
        for key in self._fresh:
            top = self._top(key)
            if top != key and top in ids:
                rows.append({"key": ids[key], "parent": ids[top]})
            elif key in self._parents:
                self._taking.refuse(key, "the comment that it answers is not there: it stands by itself")
        if rows:
            changed = sa.update(Post.__table__).where(Post.id == sa.bindparam("key"))  # type: ignore[arg-type]
            db.session.execute(changed.values(parent_id=sa.bindparam("parent")), rows)
        if self._fresh:
            counting.give_positions()
            counting.count_comments(self._taking.source)

    def _top(self, key: str) -> str:
        seen = {key}
        while (above := self._parents.get(key)) is not None and above not in seen:
            seen.add(above)
            key = above
        return key


def _of(taking: Taking, idea: str, key: str, at: Any) -> dict[str, Any]:
    return {
        "idea_id": taking.idea_id(idea),
        "topic_id": None,
        "parent_id": None,
        "created_at": at,
        "hidden_at": None,
        "hidden_reason": None,
        "source_system": taking.source,
        "source_id": key,
    }
