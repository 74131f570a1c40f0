"""Judging a shipped idea: whether it solves it. One answer a person, which may change; opening the idea ends them."""

import sqlalchemy as sa

from portal import clock, markup
from portal.accounts.models import Person
from portal.activity import journal
from portal.activity.events import IdeaJudged, StatusChanged
from portal.activity.journal import hears
from portal.database import db
from portal.errors import Conflict, NotAllowed, Unusable
from portal.ideas.models import Idea
from portal.ideas.standing import Meaning
from portal.ideas.statuses.queries import meaning_under
from portal.ideas.verdicts.models import ANSWERS, Verdict
from portal.voting.queries import vote_of


def judge(idea: Idea, *, by: Person, answer: str, words: str = "") -> bool:
    """Say whether it solves it: "yes", "partly" or "no". False when the person said the same before.

    Raises Unusable for another answer, Conflict unless the idea is done, NotAllowed for who neither voted nor wrote it.
    """
    db.session.refresh(idea, ["status", "written_status", "solved_yes"], with_for_update=True)
    _check(idea, by, answer)
    words, now = markup.plain(words).strip(), clock.now()
    mine = sa.select(Verdict).where(Verdict.idea_id == idea.id, Verdict.person_id == by.id)
    verdict = db.session.scalar(mine)
    before = verdict.answer if verdict and verdict.closed_at is None else None
    if verdict and before == answer and verdict.words == words:
        return False
    if verdict is None:
        verdict = Verdict(idea_id=idea.id, person_id=by.id)
        db.session.add(verdict)
    verdict.answer, verdict.words, verdict.at, verdict.closed_at = answer, words, now, None
    if before != answer:
        _count(idea.id, answer, before)
    journal.record(IdeaJudged(actor_id=by.id, idea_id=idea.id, answer=answer))
    return True


def _check(idea: Idea, by: Person, answer: str) -> None:
    if answer not in ANSWERS:
        raise Unusable("Say yes, partly or no.")
    if not idea.standing.is_complete:
        raise Conflict(f"This idea is {idea.standing.name.lower()}, so there is nothing to judge yet.")
    if not idea.is_by(by) and vote_of(by, idea_id=idea.id) is None:
        raise NotAllowed("Who voted for this is asked whether it solves it. Say in a comment what you think.")


def _count(idea_id: int, answer: str, before: str | None) -> None:
    steps = {f"solved_{answer}": getattr(Idea, f"solved_{answer}") + 1}
    if before:
        steps[f"solved_{before}"] = getattr(Idea, f"solved_{before}") - 1
    db.session.execute(sa.update(Idea).where(Idea.id == idea_id).values(steps))


@hears(StatusChanged)
def end_verdicts(event: StatusChanged) -> None:
    """An idea that is no longer done is judged anew when it is done again."""
    keys = (event.old, event.new)
    before, now = (meaning_under(event.idea_id, key) == Meaning.COMPLETE for key in keys)
    if not before or now:
        return
    none = dict.fromkeys(("solved_yes", "solved_partly", "solved_no"), 0)
    db.session.execute(sa.update(Idea).where(Idea.id == event.idea_id).values(none))
    ended = sa.update(Verdict).where(Verdict.idea_id == event.idea_id, Verdict.closed_at.is_(None))
    db.session.execute(ended.values(closed_at=clock.now()))
