"""What every contribution shares, and the posts: comments on ideas and replies in topics."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship, validates

from portal.accounts.models import Person
from portal.database import Id, Model
from portal.markup import text_of

SUMMARY = 200

ONE_SUBJECT = "(idea_id IS NULL) <> (topic_id IS NULL)"
ONE_OF_THREE = (
    " + ".join(f"CASE WHEN {each}_id IS NULL THEN 0 ELSE 1 END" for each in ("idea", "topic", "post"))
    + " = 1"
)


class Contribution:
    """Columns of a text that somebody wrote: who, when, source and cooked text, hidden or not, where from.

    `hidden_at` and `hidden_reason` stand on the row because every read needs them; who hid it and what
    came before is in the log of moderation.
    """

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    ghost_name: Mapped[str | None] = mapped_column(sa.String(80))
    body: Mapped[str] = mapped_column(sa.Text)
    body_html: Mapped[str] = mapped_column(sa.Text)
    cooked_with: Mapped[str] = mapped_column(sa.String(10))
    created_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    hidden_at: Mapped[datetime | None]
    hidden_reason: Mapped[str | None] = mapped_column(sa.String(500))
    source_system: Mapped[str | None] = mapped_column(sa.String(120))
    source_id: Mapped[str | None] = mapped_column(sa.String(120))
    source_url: Mapped[str | None] = mapped_column(sa.String(500))
    source_author_url: Mapped[str | None] = mapped_column(sa.String(500))
    license: Mapped[str | None] = mapped_column(sa.String(60))

    @declared_attr
    def author_id(cls) -> Mapped[int | None]:
        return mapped_column(sa.ForeignKey("person.id"), index=True)

    @declared_attr
    def author(cls) -> Mapped[Person | None]:
        return relationship(Person, lazy="raise", foreign_keys=f"{cls.__name__}.author_id")  # type: ignore[attr-defined]

    @property
    def author_name(self) -> str:
        """The name to show: of the account, or the ghost's."""
        return self.author.name if self.author else (self.ghost_name or "Unknown")

    @property
    def is_hidden(self) -> bool:
        return self.hidden_at is not None

    def is_by(self, viewer: object) -> bool:
        """Whether the viewer wrote it."""
        return self.author_id is not None and getattr(viewer, "id", None) == self.author_id


class Introduced:
    """A short plain text for cards and lists, made when the text is cooked: no list cleans HTML.

    Whoever inserts rows past the ORM fills `summary` with `introduction(body_html)`.
    """

    summary: Mapped[str] = mapped_column(sa.String(SUMMARY), default="", server_default="")

    @validates("body_html")
    def _introduce(self, _key: str, html: str) -> str:
        self.summary = introduction(html)
        return html


def introduction(html: str) -> str:
    """The first words of a cooked text, short enough for a card."""
    return text_of(html, SUMMARY)


class Tallied:
    """Tallies of votes: ours from vote rows, imported ones without voters. `score` is what people compare."""

    votes_up: Mapped[int] = mapped_column(default=0)
    votes_down: Mapped[int] = mapped_column(default=0)
    imported_up: Mapped[int] = mapped_column(default=0)
    imported_down: Mapped[int] = mapped_column(default=0)

    @declared_attr
    def score(cls) -> Mapped[int]:
        return mapped_column(
            sa.Integer, sa.Computed("votes_up + imported_up - votes_down - imported_down", persisted=True)
        )

    @property
    def up(self) -> int:
        """All votes for it, with voters or imported without."""
        return self.votes_up + self.imported_up

    @property
    def down(self) -> int:
        """All votes against it, with voters or imported without."""
        return self.votes_down + self.imported_down


class Post(Contribution, Tallied, Model):
    """A comment on an idea or a reply in a topic.

    `position` counts 1, 2, 3 … within the idea or topic and never changes. A post with a `parent_id` is a
    comment on that post, an `aside` is a comment on the question itself; any other post of a question is an
    answer. A `candidate` was the accepted answer to what became an idea: staff may make it the official answer.
    """

    __tablename__ = "post"
    __table_args__ = (
        sa.CheckConstraint(ONE_SUBJECT, name="one_subject"),
        sa.CheckConstraint("votes_up >= 0 AND votes_down >= 0", name="votes_not_negative"),
        sa.UniqueConstraint("idea_id", "position"),
        sa.UniqueConstraint("topic_id", "position"),
        sa.UniqueConstraint("source_system", "source_id"),
        sa.Index(None, "author_id", "created_at", "id"),
        sa.Index(
            "ix_post_aside",
            "topic_id",
            "position",
            sqlite_where=sa.text("aside"),
            postgresql_where=sa.text("aside"),
        ),
    )

    idea_id: Mapped[int | None] = mapped_column(sa.ForeignKey("idea.id"))
    topic_id: Mapped[int | None] = mapped_column(sa.ForeignKey("topic.id"))
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"), index=True)
    position: Mapped[int]
    aside: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    candidate: Mapped[bool] = mapped_column(default=False, server_default=sa.false())

    @property
    def may_answer(self) -> bool:
        """Whether it is a reply of its own, which answers a question: no comment on a post or on the question."""
        return self.parent_id is None and not self.aside

    @property
    def slug_source(self) -> str:
        """Nothing: a post is found by its number alone."""
        return ""


class Revision(Model):
    """A text as it stood before an edit."""

    __tablename__ = "revision"
    __table_args__ = (sa.CheckConstraint(ONE_OF_THREE, name="one_subject"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    idea_id: Mapped[int | None] = mapped_column(sa.ForeignKey("idea.id"), index=True)
    topic_id: Mapped[int | None] = mapped_column(sa.ForeignKey("topic.id"), index=True)
    post_id: Mapped[int | None] = mapped_column(sa.ForeignKey("post.id"), index=True)
    title: Mapped[str | None] = mapped_column(sa.String(300))
    body: Mapped[str] = mapped_column(sa.Text)
    edited_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    at: Mapped[datetime]


class Link(Model):
    """Two things that belong together: `duplicate` (from is the same as to) or `related`."""

    __tablename__ = "link"
    __table_args__ = (
        sa.CheckConstraint("kind IN ('duplicate', 'related')", name="kind"),
        sa.CheckConstraint("(from_idea_id IS NULL) <> (from_topic_id IS NULL)", name="one_from"),
        sa.CheckConstraint("(to_idea_id IS NULL) <> (to_topic_id IS NULL)", name="one_to"),
        sa.UniqueConstraint("source_system", "source_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(12))
    from_idea_id: Mapped[int | None] = mapped_column(sa.ForeignKey("idea.id"), index=True)
    from_topic_id: Mapped[int | None] = mapped_column(sa.ForeignKey("topic.id"), index=True)
    to_idea_id: Mapped[int | None] = mapped_column(sa.ForeignKey("idea.id"), index=True)
    to_topic_id: Mapped[int | None] = mapped_column(sa.ForeignKey("topic.id"), index=True)
    created_at: Mapped[datetime]
    source_system: Mapped[str | None] = mapped_column(sa.String(120))
    source_id: Mapped[str | None] = mapped_column(sa.String(120))


class Label(Model):
    """A word under which ideas and topics can be found together."""

    __tablename__ = "label"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(60), unique=True)


class Labelling(Model):
    """That an idea or a topic has a label."""

    __tablename__ = "labelling"
    __table_args__ = (
        sa.CheckConstraint(ONE_SUBJECT, name="one_subject"),
        sa.UniqueConstraint("label_id", "idea_id"),
        sa.UniqueConstraint("label_id", "topic_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    label_id: Mapped[int] = mapped_column(sa.ForeignKey("label.id"))
    idea_id: Mapped[int | None] = mapped_column(sa.ForeignKey("idea.id"), index=True)
    topic_id: Mapped[int | None] = mapped_column(sa.ForeignKey("topic.id"), index=True)
