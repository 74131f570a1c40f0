"""Things for tests, with sensible defaults. Rows are written straight, so a test of an act does not rest on other acts."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import lru_cache, wraps
from io import BytesIO
from typing import Any

from flask import current_app
from PIL import Image as Picture

from portal import clock, markup
from portal.accounts.models import Company, Person
from portal.database import db
from portal.discussion.drafts.models import Draft
from portal.discussion.images.models import Image
from portal.discussion.images.storing import SIZES
from portal.discussion.models import Post
from portal.forums.models import Category, Topic
from portal.ideas.changelog.models import ChangelogEntry, ChangelogIdea, ChangelogLabel
from portal.ideas.fields import filling
from portal.ideas.fields.models import BoardField, FieldChoice
from portal.ideas.models import Board, Idea
from portal.ideas.roadmap.models import Roadmap, RoadmapBoard, RoadmapColumn
from portal.transfer.uploads.models import Upload

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


@lru_cache(2_000)
def _cooked(body: str) -> markup.Cooked:
    """A text as it is stored. Thousands of tests begin with the same few."""
    return markup.cook(body)


def _not_yet() -> None:
    """Keep nothing: whoever began the transaction does."""


def as_one(make: Any) -> Any:
    """What such a method makes beside its thing is committed with it."""

    @wraps(make)
    def made(self: "Factories", *args: Any, **fields: Any) -> Any:
        with self.in_one_transaction():
            return make(self, *args, **fields)

    return made


class Factories:
    """Each method makes one thing, commits it, and returns it."""

    def __init__(self) -> None:
        self.count = itertools.count(1)
        self.keep = db.session.commit

    @contextmanager
    def in_one_transaction(self, *, numbered: bool = True) -> Iterator[None]:
        """What is made in this block is committed at its end; in a block within it, at the end of that.

        Unless it is `numbered`, nothing has an id before the end, and all of a kind goes in with one statement.
        """
        before, self.keep = self.keep, db.session.flush if numbered else _not_yet
        try:
            yield
        finally:
            self.keep = before
        self.keep()

    def _save(self, thing: Any) -> Any:
        db.session.add(thing)
        self.keep()
        return thing

    def company(self, **fields: Any) -> Company:
        n = next(self.count)
        return self._save(Company(**{"name": f"Company {n}", "created_at": EPOCH} | fields))

    def person(self, **fields: Any) -> Person:
        """A confirmed customer without a password (the sign-in tests set one)."""
        n = next(self.count)
        defaults = {
            "name": f"Person {n}",
            "email": f"person{n}@example.com",
            "fs_uniquifier": f"person-{n}",
            "confirmed_at": EPOCH,
            "created_at": EPOCH,
        }
        return self._save(Person(**defaults | fields))

    def board(self, **fields: Any) -> Board:
        n = next(self.count)
        return self._save(Board(**{"name": f"Board {n}", "created_at": EPOCH} | fields))

    def category(self, **fields: Any) -> Category:
        n = next(self.count)
        return self._save(Category(**{"name": f"Category {n}", "created_at": EPOCH} | fields))

    @as_one
    def idea(self, **fields: Any) -> Idea:
        n = next(self.count)
        fields = {"title": f"Idea {n}", **self._text(fields.get("body", f"Body of idea {n}"), n), **fields}
        if "board" not in fields and "board_id" not in fields:
            fields["board"] = self.board()
        if "author" not in fields and "ghost_name" not in fields:
            fields["author"] = self.person()
        return self._save(Idea(**fields))

    @as_one
    def topic(self, **fields: Any) -> Topic:
        n = next(self.count)
        fields = {
            "title": f"Question {n}",
            **self._text(fields.get("body", f"Body of question {n}"), n),
            **fields,
        }
        fields.setdefault("last_activity_at", fields["created_at"])
        if "category" not in fields and "category_id" not in fields:
            fields["category"] = self.category()
        if "author" not in fields and "ghost_name" not in fields:
            fields["author"] = self.person()
        return self._save(Topic(**fields))

    @as_one
    def comment(self, idea: Idea, **fields: Any) -> Post:
        """A comment on an idea; the counters of the idea move with it."""
        post = self._post(idea, idea_id=idea.id, **fields)
        if not post.is_hidden:
            idea.comments = Idea.comments + 1
        return post

    @as_one
    def reply(self, topic: Topic, **fields: Any) -> Post:
        """A reply in a topic (an answer, unless it has a `parent_id`); the counters of the topic move with it."""
        post = self._post(topic, topic_id=topic.id, **fields)
        if not post.is_hidden:
            topic.replies = Topic.replies + 1
            if post.created_at >= topic.last_activity_at:
                topic.last_activity_at, topic.last_author_id = post.created_at, post.author_id
            topic.answers = Topic.answers + (0 if post.parent_id else 1)
        return post

    def draft(self, person: Person, **fields: Any) -> Draft:
        """A draft of an idea, unless its kind says otherwise."""
        n = next(self.count)
        typed = {"title": [f"Draft {n}"], "body": [f"Text of draft {n}"]}
        defaults = {"kind": "idea", "key": f"key-of-draft-{n:08}", "fields": typed, "updated_at": EPOCH}
        return self._save(Draft(person_id=person.id, **defaults | fields))

    @as_one
    def entry(self, ideas: Any = (), kinds: Any = (), **fields: Any) -> ChangelogEntry:
        """A published entry of the changelog, unless its stage says otherwise."""
        n = next(self.count)
        text = self._text(fields.get("body", f"Body of entry {n}"), n)
        defaults = {"title": f"Entry {n}", "stage": "published", **text} | fields
        if defaults["stage"] in ("published", "withdrawn"):
            defaults.setdefault("published_at", defaults["created_at"])
        if "written_by_id" not in defaults:
            defaults["written_by_id"] = self.person(role="product_manager").id
        entry = self._save(ChangelogEntry(**defaults))
        linked = [ChangelogIdea(entry_id=entry.id, idea_id=idea.id, linked_at=EPOCH) for idea in ideas]
        db.session.add_all([*linked, *(ChangelogLabel(entry_id=entry.id, kind=key) for key in kinds)])
        return entry

    def roadmap(self, statuses: tuple[str, ...] = ("planned", "started"), **fields: Any) -> Roadmap:
        """A roadmap for everybody, by status unless its arrangement says otherwise."""
        n = next(self.count)
        columns = [RoadmapColumn(status=key, position=place) for place, key in enumerate(statuses)]
        boards = [RoadmapBoard(board_id=board.id) for board in fields.pop("boards", ())]
        defaults = {"name": f"Roadmap {n}", "position": n, "created_at": EPOCH}
        return self._save(Roadmap(columns=columns, boards=boards, **defaults | fields))

    @as_one
    def field(self, board: Board, *choices: str, **fields: Any) -> BoardField:
        """Something that the board asks; a short text that everybody reads unless said otherwise."""
        n = next(self.count)
        given = {"type": "choice"} if choices else {"type": "short_text"}
        made = self._save(
            BoardField(
                board_id=board.id,
                **{"name": f"Field {n}", "position": n, "created_at": EPOCH} | given | fields,
            )
        )
        db.session.add_all(
            FieldChoice(field_id=made.id, name=name, position=place) for place, name in enumerate(choices, 1)
        )
        return made

    def value(self, idea: Idea, field: BoardField, value: Any) -> None:
        """What an idea has in a field; choices by their ids."""
        filling.put(idea.id, {field: value})
        db.session.commit()

    def image(self, person: Person, **fields: Any) -> Image:
        """An image of a person that stands in no text; its file is a red square."""
        n = next(self.count)
        file = BytesIO()
        Picture.new("RGB", (40, 30), (200, 30, n % 256)).save(file, "WEBP")
        digest = f"{n:064x}"
        for size in SIZES:
            current_app.extensions["images"].put(digest, size, file.getvalue())
        facts = {"key": f"key-of-image-{n:09}", "digest": digest, "width": 40, "height": 30, "size": 200}
        when = {"uploaded_at": EPOCH, "unused_since": EPOCH}
        return self._save(Image(uploaded_by_id=person.id, **facts | when | fields))

    def upload(self, person: Person, **fields: Any) -> Upload:
        """Files of an import that were checked; one row of two cannot be taken. The files themselves are not there."""
        rows = [
            ["line 2", ["7", "Dark mode", "open"], ""],
            ["line 3", ["8", "", "doing"], "title is missing"],
        ]
        columns = [["id", "id", "idea"], ["title", "title", "title"], ["status", "status", "status"]]
        found = {
            "preset": "table",
            "source": "table",
            "tables": [{"name": "wishes.csv", "kinds": ["ideas"], "columns": columns}],
            "rows": {"table": "wishes.csv", "fields": ["idea", "title", "status"], "rows": rows},
            "read": {"ideas": 2},
            "taken": {"ideas": 1, "boards": 1},
            "changed": {},
            "known": {},
            "refused": [["wishes.csv: title is missing", 1]],
            "left_out": 1,
            "says": ["wishes.csv is UTF-8, with a comma between the columns."],
            "unknown": ["doing"],
        }
        defaults = {
            "stage": "checked",
            "files": {"names": ["wishes.csv"]},
            "wishes": {},
            "found": found,
            "at": EPOCH,
        }
        return self._save(Upload(by=person, **defaults | fields))

    def _post(self, subject: Any, **fields: Any) -> Post:
        n = next(self.count)
        subject.last_position += 1
        fields = {
            "position": subject.last_position,
            **self._text(fields.get("body", f"Text of post {n}"), n),
            **fields,
        }
        if "author" not in fields and "ghost_name" not in fields:
            fields["author"] = self.person()
        return self._save(Post(**fields))

    def _text(self, body: str, n: int) -> dict[str, Any]:
        cooked = _cooked(body)
        return {
            "body": body,
            "body_html": cooked.html,
            "cooked_with": cooked.version,
            "created_at": min(EPOCH + timedelta(minutes=n), clock.now()),
        }
