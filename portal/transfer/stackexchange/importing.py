"""The import as a whole: one transaction, so that an interrupted one leaves nothing behind."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from portal.accounts.models import Person
from portal.activity import journal
from portal.activity.events import ContentImported
from portal.database import db
from portal.discussion.models import Post
from portal.errors import Unusable
from portal.forums.models import Topic
from portal.ideas.models import Idea
from portal.transfer import counting
from portal.transfer.opening import Archive
from portal.transfer.reporting import Report
from portal.transfer.stackexchange import finishing, joining, placing
from portal.transfer.stackexchange.gathering import gather
from portal.transfer.stackexchange.placing import People
from portal.transfer.stackexchange.reading import Dump
from portal.transfer.stackexchange.writing import Texts
from portal.transfer.storing import known, make_ready_to_count

TABLES = ("Users", "Votes", "PostHistory", "Posts", "Comments", "PostLinks", "Badges")
PASSES = {"Posts": 2}
"""Posts are read once for the questions and once for the answers."""
HALF_LIFE = 30.0
_HOST = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}", re.IGNORECASE)


def source_of(path: Path) -> str:
    """The site that a dump came from, by its file name: "apple.meta.stackexchange.com-2017-08.zip"."""
    found = _HOST.match(path.name.removesuffix(".zip"))
    return found.group(0).lower() if found else path.name.removesuffix(".zip").lower()[:100]


def work(archive: Archive) -> int:
    """How many bytes an import of the archive reads."""
    return sum(archive.size(f"{table}.xml") * PASSES.get(table, 1) for table in TABLES)


def run(archive: Archive, source: str, advance: Callable[[int], object] = lambda _bytes: None) -> Report:
    """Import a dump into the open transaction; the caller commits it (or rolls back a dry run).

    Rows that are here already (same source and id) are left as they are. Raises Unsafe for a damaged table
    and Unusable where there is no Posts.xml.
    """
    if "Posts.xml" not in archive:
        raise Unusable("There is no Posts.xml in it: this is not a Stack Exchange data dump.")
    report = Report(source)
    dump = Dump(archive, report, advance)
    gathered = gather(dump, HALF_LIFE)
    people = People(dump, source)
    people.bring()
    texts = Texts(dump, source, people, gathered)
    texts.questions(placing.board(source, half_life=HALF_LIFE), placing.categories())
    subjects = _subjects(source)
    texts.answers(subjects)
    answers = _answers(source)
    texts.comments(subjects, answers)
    _finish(texts, subjects, answers)
    taken = {"ideas": report.taken["ideas"], "topics": report.taken["topics"]}
    posts = report.taken["answers"] + report.taken["comments"]
    if posts or any(taken.values()):
        journal.record(ContentImported(actor_id=None, source=source, posts=posts, **taken))
    return report


def _finish(texts: Texts, subjects: dict[int, dict[str, Any]], answers: dict[int, dict[str, Any]]) -> None:
    make_ready_to_count(Idea, Topic, Post, Person)
    counting.give_positions()
    finishing.accept(texts, subjects, answers)
    finishing.count(texts.source)
    finishing.tell_statuses(texts, subjects)
    joining.label(texts, subjects)
    joining.link(texts, subjects)
    joining.follow(texts, subjects)
    joining.log(texts, subjects, answers)
    joining.award(texts)


def _subjects(source: str) -> dict[int, dict[str, Any]]:
    """Id of a question in the source -> the columns that point to its idea or topic."""
    ideas = {int(key): {"idea_id": value, "topic_id": None} for key, value in known(Idea, source).items()}
    topics = {int(key): {"idea_id": None, "topic_id": value} for key, value in known(Topic, source).items()}
    return ideas | topics


def _answers(source: str) -> dict[int, dict[str, Any]]:
    """Id of an answer in the source -> the columns of a comment on it."""
    rows = sa.select(Post.source_id, Post.id, Post.idea_id, Post.topic_id).where(
        Post.source_system == source, Post.source_id.startswith("post:")
    )
    return {
        int(str(key).removeprefix("post:")): {"idea_id": idea, "topic_id": topic, "parent_id": value}
        for key, value, idea, topic in db.session.execute(rows)
    }
