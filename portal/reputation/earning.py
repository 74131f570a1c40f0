"""Listeners: points follow what happens, in the transaction in which it happens."""

from collections.abc import Iterable

from portal.activity.events import (
    AcceptanceWithdrawn,
    AnswerAccepted,
    AnswerVoted,
    AnswerVoteWithdrawn,
    ContentHidden,
    ContentRestored,
    StatusChanged,
    VoteCast,
    VoteTakenOver,
    VoteWithdrawn,
)
from portal.activity.journal import hears
from portal.reputation import claims, ledger
from portal.reputation.claims import Claim


@hears(AnswerVoted)
def answer_voted(event: AnswerVoted) -> None:
    """A changed vote arrives as one event: what the old direction brought is taken back."""
    author_id = claims.answerer(event.post_id)
    if author_id is None or event.actor_id in (None, author_id):
        return
    if event.value > 0:
        ledger.reverse(
            f"downvote:{event.post_id}:{event.actor_id}", actor_id=event.actor_id, reason="vote changed"
        )
    _grant(claims.answer_vote(event.post_id, event.actor_id, author_id, event.value))


@hears(AnswerVoteWithdrawn)
def answer_vote_withdrawn(event: AnswerVoteWithdrawn) -> None:
    """What the vote brought is taken back."""
    for cause in ("answer_vote", "downvote"):
        ledger.reverse(
            f"{cause}:{event.post_id}:{event.actor_id}", actor_id=event.actor_id, reason="vote withdrawn"
        )


@hears(AnswerAccepted)
def answer_accepted(event: AnswerAccepted) -> None:
    """The answerer earns, and the asker for saying so."""
    _grant(each for each in claims.of_post(event.post_id) if each.cause.startswith("accept"))


@hears(AcceptanceWithdrawn)
def acceptance_withdrawn(event: AcceptanceWithdrawn) -> None:
    """What the acceptance brought is taken back."""
    for cause in (f"accepted:{event.topic_id}:{event.post_id}", f"accepting:{event.topic_id}"):
        ledger.reverse(cause, actor_id=event.actor_id, reason="acceptance withdrawn")


@hears(VoteCast)
def idea_voted(event: VoteCast) -> None:
    """A vote for an idea earns its author points, unless it is the own one."""
    cause = f"idea_vote:{event.idea_id}:{event.actor_id}"
    if event.value < 0:
        ledger.reverse(cause, actor_id=event.actor_id, reason="vote changed")
    elif event.actor_id is not None and event.author_id not in (None, event.actor_id):
        ledger.grant(claims.idea_vote(event.idea_id, event.actor_id, event.author_id))


@hears(VoteTakenOver)
def vote_taken_over(event: VoteTakenOver) -> None:
    """A vote that staff added earns its author points once the customer makes it the own one."""
    if event.actor_id is not None and event.author_id not in (None, event.actor_id):
        ledger.grant(claims.idea_vote(event.idea_id, event.actor_id, event.author_id))


@hears(VoteWithdrawn)
def idea_vote_withdrawn(event: VoteWithdrawn) -> None:
    """What the vote brought is taken back."""
    cause = f"idea_vote:{event.idea_id}:{event.actor_id}"
    ledger.reverse(cause, actor_id=event.actor_id, reason="vote withdrawn")


@hears(StatusChanged)
def status_changed(event: StatusChanged) -> None:
    """Planned and shipped earn once, and are taken back when the status goes back."""
    due = [each for each in claims.of_idea(event.idea_id) if each.rule in ("idea_planned", "idea_shipped")]
    for cause in {f"planned:{event.idea_id}", f"shipped:{event.idea_id}"} - {each.cause for each in due}:
        ledger.reverse(cause, actor_id=event.actor_id, reason="status changed")
    _grant(due)


@hears(ContentHidden)
def content_hidden(event: ContentHidden) -> None:
    """Hidden things earn nothing: all that rests on them is taken back."""
    for line in ledger.standing(source=event.subject, source_id=event.subject_id):
        ledger.reverse(line.cause, actor_id=event.actor_id, reason="hidden")


@hears(ContentRestored)
def content_restored(event: ContentRestored) -> None:
    """What the rows still justify is granted again."""
    if event.subject == "idea":
        _grant(claims.of_idea(event.subject_id))
    elif event.subject == "post":
        _grant(claims.of_post(event.subject_id))


def _grant(due: Iterable[Claim]) -> None:
    for claim in list(due):
        ledger.grant(claim)
