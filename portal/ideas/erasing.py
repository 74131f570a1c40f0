"""Erasing somebody from ideas: votes and verdicts stay counted, the words beside them go."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from portal import markup
from portal.accounts.erasing import REMOVED, TITLE, erases, rows_of
from portal.discussion.models import introduction
from portal.ideas.changelog.models import ChangelogFollow
from portal.ideas.fields.models import FieldValue
from portal.ideas.models import Idea
from portal.ideas.verdicts.models import Verdict
from portal.voting.models import Vote


@erases(order=11)
def forget_ideas(person_id: int, texts: bool) -> Mapping[str, int]:
    """With the texts: titles for which nobody else voted, the words in fields, and what was said of what was shipped."""
    if not texts:
        return {}
    mine = Idea.author_id == person_id
    title = sa.update(Idea).where(mine, ~_wanted_by_others(person_id), Idea.title != TITLE)
    titles = rows_of(title.values(title=TITLE))
    rows_of(sa.update(Idea).where(mine).values(summary=introduction(markup.cook(REMOVED).html)))
    own = FieldValue.idea_id.in_(sa.select(Idea.id).where(mine))
    said = Verdict.person_id == person_id, Verdict.words != ""
    return {
        "titles": titles,
        "details": rows_of(sa.delete(FieldValue).where(own, FieldValue.text.is_not(None))),
        "words on shipped ideas": rows_of(sa.update(Verdict).where(*said).values(words="")),
    }


def _wanted_by_others(person_id: int) -> sa.ColumnElement[bool]:
    another = Vote.person_id.is_(None) | (Vote.person_id != person_id)
    voted: Any = sa.exists().where(Vote.idea_id == Idea.id, another)
    return sa.or_(voted, Idea.imported_up + Idea.imported_down > 0, Idea.sources > 0)


@erases(order=20)
def forget_proofs(person_id: int, _texts: bool) -> Mapping[str, int]:
    """The words with which staff proved a vote of theirs."""
    proven = Vote.proof_text.is_not(None) | Vote.proof_url.is_not(None)
    votes = sa.update(Vote).where(Vote.person_id == person_id, proven)
    return {"proofs": rows_of(votes.values(proof_text=None, proof_url=None))}


@erases(order=50)
def stop_news(person_id: int, _texts: bool) -> Mapping[str, int]:
    """Nobody follows the news any more."""
    return {"follows": rows_of(sa.delete(ChangelogFollow).where(ChangelogFollow.person_id == person_id))}
