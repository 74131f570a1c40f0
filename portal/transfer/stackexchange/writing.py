"""Questions become ideas or topics; answers and comments become posts, whose positions are given afterwards."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from typing import Any

from portal import markup
from portal.discussion.models import Post, introduction
from portal.forums.models import Topic
from portal.ideas.models import NEVER_VOTED, Idea, Status
from portal.transfer import storing
from portal.transfer.stackexchange.gathering import STATUSES, Gathered, Tally, status_tag
from portal.transfer.stackexchange.placing import People
from portal.transfer.stackexchange.reading import BadValue, Dump, Row, moment, number, tags

QUESTION, ANSWER = 1, 2
LICENSE_3 = datetime(2011, 4, 8, tzinfo=UTC)
LONGEST_TITLE = 300


class Texts:
    """What people wrote in a dump, as rows of our tables."""

    def __init__(self, dump: Dump, source: str, people: People, gathered: Gathered) -> None:
        self.dump = dump
        self.source = source
        self.people = people
        self.gathered = gathered
        self.fresh: set[int] = set()
        self.labels: dict[int, list[str]] = {}
        self.statuses: dict[int, str | None] = {}
        self.accepted: dict[int, int] = {}
        self._board = 0
        self._known: dict[str, int] = {}
        # Until all are there and can be put in order, positions are negative and only tell posts apart.
        self._places = count(1)
        self._categories: dict[str | None, int] = {}

    def questions(self, board_id: int, categories: dict[str | None, int]) -> None:
        """Add ideas (feature requests and bugs) and topics (all other questions)."""
        self._board, self._categories = board_id, categories
        known = storing.known(Idea, self.source) | storing.known(Topic, self.source)
        for batch in storing.batches(self._posts(QUESTION, known, self._question)):
            for model, word in ((Idea, "ideas"), (Topic, "topics")):
                rows = [values for kind, values in batch if kind is model]
                self.dump.report.taken[word] += storing.add(model, rows)

    def answers(self, subjects: dict[int, dict[str, Any]]) -> None:
        """Add answers: replies in topics, comments on ideas. `subjects`: the columns that name each question."""
        known = storing.known(Post, self.source)
        rows = self._posts(ANSWER, known, lambda key, row: self._answer(key, row, subjects), prefix="post:")
        self.dump.report.taken["answers"] += storing.add(Post, rows)

    def comments(self, subjects: dict[int, dict[str, Any]], answers: dict[int, dict[str, Any]]) -> None:
        """Add comments, on questions and on answers."""
        known = storing.known(Post, self.source)
        self.dump.report.taken["comments"] += storing.add(Post, self._comments(known, subjects | answers))

    def _posts(self, kind: int, known: dict[str, int], make: Any, prefix: str = "") -> Iterator[Any]:
        self._known = known
        for key, row in self.dump.taken("Posts", again=kind != QUESTION):
            if row.get("PostTypeId") != str(kind):
                continue
            try:
                made = make(key, row)
            except BadValue as error:
                self.dump.report.refuse("Posts", str(key), str(error))
                continue
            if f"{prefix}{key}" in known:
                self.dump.report.known["questions" if kind == QUESTION else "answers"] += 1
                continue
            self.fresh.add(key)
            yield made

    def _question(self, key: int, row: Row) -> tuple[type, dict[str, Any]]:
        words = tags(row.get("Tags", ""))
        title = row.get("Title", "").strip()
        if not title:
            raise BadValue("Title is missing")
        accepted = number(row, "AcceptedAnswerId")
        if accepted:
            self.accepted[key] = accepted
        common = (
            self._written(key, row, f"q/{key}", str(key))
            | self._tallied(key, row)
            | _closed(row, self.source)
        )
        common |= {"title": title[:LONGEST_TITLE], "summary": introduction(common["body_html"])}
        is_idea = "feature-request" in words or "bug" in words
        own = self._idea(key, words) if is_idea else self._topic(words, common["created_at"])
        said = {"feature-request", "bug", "support", "discussion"} | (
            {status_tag(words)} if is_idea else set()
        )
        self.labels[key] = [each[:60] for each in words if each not in said]
        return (Idea if is_idea else Topic), common | own

    def _idea(self, key: int, words: list[str]) -> dict[str, Any]:
        tag = status_tag(words)
        if tag or key in self.gathered.turns:
            self.statuses[key] = tag
        tally: Tally | None = self.gathered.tallies.get(key)
        hot = tally.hot if tally else None
        turn = next((each for each in reversed(self.gathered.turns.get(key, [])) if each.tag == tag), None)
        return {
            "board_id": self._board,
            "kind": "feature" if "feature-request" in words else "problem",
            "status": STATUSES[tag][0] if tag else Status.OPEN,
            "status_at": turn.at if turn and tag else None,
            "hot": NEVER_VOTED if hot is None else hot,
            "imported_hot": hot,
        }

    def _topic(self, words: list[str], created_at: datetime) -> dict[str, Any]:
        tag = next((each for each in self._categories if each in words), None)
        return {"category_id": self._categories[tag], "kind": "question", "last_activity_at": created_at}

    def _answer(self, key: int, row: Row, subjects: dict[int, dict[str, Any]]) -> dict[str, Any]:
        subject = subjects.get(number(row, "ParentId", needed=True))
        if subject is None:
            raise BadValue("the question it answers is not there")
        written = self._written(key, row, f"a/{key}", f"post:{key}")
        return (
            written
            | self._tallied(key, row)
            | subject
            | {"parent_id": None, "position": -next(self._places), "aside": False, "candidate": False}
        )

    def _comments(
        self, known: dict[str, int], targets: dict[int, dict[str, Any]]
    ) -> Iterator[dict[str, Any]]:
        for key, row in self.dump.taken("Comments"):
            try:
                target = targets.get(number(row, "PostId", needed=True))
                if target is None:
                    raise BadValue("what it comments on is not there")
                if f"comment:{key}" in known:
                    self.dump.report.known["comments"] += 1
                    continue
                yield self._comment(key, row, target)
            except BadValue as error:
                self.dump.report.refuse("Comments", str(key), str(error))

    def _comment(self, key: int, row: Row, target: dict[str, Any]) -> dict[str, Any]:
        text = row.get("Text", "")
        cooked = markup.cook(text)
        post = number(row, "PostId")
        return {
            **self.people.author(row, "UserId", "UserDisplayName"),
            **self._origin(row, f"comment:{key}", f"q/{post}" if "parent_id" not in target else f"a/{post}"),
            "body": text,
            "body_html": cooked.html,
            "cooked_with": cooked.version,
            "imported_up": max(number(row, "Score"), 0),
            "imported_down": 0,
            "position": -next(self._places),
            "aside": target.get("topic_id") is not None and "parent_id" not in target,
            "candidate": False,
            "parent_id": None,
            **target,
        }

    def _written(self, key: int, row: Row, page: str, source_id: str) -> dict[str, Any]:
        # Of what is there already only the rest of the row is looked at again.
        cooked = markup.Cooked("") if source_id in self._known else markup.clean(row.get("Body", ""))
        return {
            **self.people.author(row, "OwnerUserId", "OwnerDisplayName"),
            **self._origin(row, source_id, page),
            "body": row.get("Body", ""),
            "body_html": cooked.html,
            "cooked_with": cooked.version,
        }

    def _origin(self, row: Row, source_id: str, page: str) -> dict[str, Any]:
        at = moment(row, "CreationDate")
        assert at is not None  # noqa: S101
        licence = row.get("ContentLicense") or ("CC BY-SA 3.0" if at >= LICENSE_3 else "CC BY-SA 2.5")
        return {
            "created_at": at,
            "source_system": self.source,
            "source_id": source_id,
            "source_url": f"https://{self.source}/{page}",
            "license": licence[:60],
        }

    def _tallied(self, key: int, row: Row) -> dict[str, int]:
        """Votes of the post; a dump without votes has only the score."""
        score = number(row, "Score")
        tally = self.gathered.tallies.get(key)
        if tally is None:
            return {"imported_up": max(score, 0), "imported_down": max(-score, 0)}
        if "Score" in row and score != tally.up - tally.down:
            self.dump.report.refuse(
                "Posts", str(key), "its score is not what its votes add up to: votes taken"
            )
        return {"imported_up": tally.up, "imported_down": tally.down}


def _closed(row: Row, source: str) -> dict[str, Any]:
    at = moment(row, "ClosedDate", needed=False)
    return {"locked_at": at, "locked_reason": f"It was closed on {source}" if at else None}
