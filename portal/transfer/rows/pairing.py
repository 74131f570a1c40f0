"""A row for each idea and voter, with the headings of UserVoice's full export, for tools that read that."""

from collections.abc import Iterator, Sequence
from typing import Any

from portal.tables import Column
from portal.transfer.rows import ideas, votes
from portal.transfer.rows.meaning import Meant
from portal.transfer.storing import batches

IDEA, VOTER = "The idea", "The voter"
OF_IDEA = {
    "ideaId": "number", "ideaTitle": "title", "ideaDescription": "description",
    "ideaCreatorEmailAddress": "author_email", "ideaCreatorName": "created_by", "forumName": "board",
    "labels": "tags", "publicStatusName": "status_name", "publicStatusUpdateMessage": "response",
    "publicStatusUpdatedTimestamp": "responded_at", "publicStatusCreatorEmailAddress": "responded_by_email",
    "votersCount": "people", "createdTimestamp": "created_at",
}  # fmt: skip
OF_VOTE = {"userEmailAddress": "voter_email", "userName": "voter", "linkedIdeaCreationDate": "voted_at"}
SAYS = {
    "ideaId": "Number of the idea", "ideaTitle": "Title", "ideaDescription": "The whole text",
    "ideaCreatorEmailAddress": "Mail address of who proposed it", "ideaCreatorName": "Name of who proposed it",
    "forumName": "Board", "labels": "Labels", "publicStatusName": "Status", "publicStatusUpdateMessage":
    "The official answer", "publicStatusUpdatedTimestamp": "When it was given", "publicStatusCreatorEmailAddress":
    "Mail address of who gave it", "votersCount": "People who voted for it", "createdTimestamp": "When it was proposed",
    "userEmailAddress": "Mail address of the voter", "userName": "Name of the voter",
    "linkedIdeaCreationDate": "When the vote was cast",
}  # fmt: skip
PERSONAL = {
    "ideaCreatorEmailAddress",
    "ideaCreatorName",
    "publicStatusCreatorEmailAddress",
    "userEmailAddress",
    "userName",
}
TIMES = {"publicStatusUpdatedTimestamp", "createdTimestamp", "linkedIdeaCreationDate"}
COLUMNS = tuple(
    Column(name, VOTER if name in OF_VOTE else IDEA, says, name in PERSONAL) for name, says in SAYS.items()
)
USUAL = tuple(SAYS)


def columns() -> list[Column]:
    """All columns."""
    return list(COLUMNS)


def rows(meant: Meant, names: Sequence[str]) -> Iterator[list[Any]]:
    """The cells of these names; an idea without a voter has one row, in which nobody votes."""
    wanted = ("idea_number", *OF_VOTE.values())
    for batch in batches(meant.ids, votes.TOGETHER):
        known = dict(ideas.cells(batch, tuple(OF_IDEA.values()), meant.viewer))
        voters = _grouped(votes.rows(meant.of(batch), wanted))
        following = next(voters, None)
        for key in batch:
            if key in known:
                own = dict(zip(OF_IDEA, known[key], strict=True))
                if following is None or following[0] != key:
                    yield _row(own, {}, names)
                while following is not None and following[0] == key:
                    yield _row(own, following[1], names)
                    following = next(voters, None)


def _grouped(found: Iterator[list[Any]]) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, *cells in found:
        yield number, dict(zip(OF_VOTE, cells, strict=True))


def _row(own: dict[str, Any], vote: dict[str, Any], names: Sequence[str]) -> list[Any]:
    cells = {name: own.get(name, vote.get(name, "")) for name in names}
    # UserVoice writes "2026-01-31 09:00:00", in UTC.
    return [cell[:19].replace("T", " ") if n in TIMES and cell else cell for n, cell in cells.items()]
