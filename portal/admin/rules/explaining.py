"""Saying what will happen to how many people, before a rule of a board is changed."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from portal import clock
from portal.admin.audiences.explaining import mark_of as mark_of
from portal.admin.rules import foretelling, queries
from portal.ideas.inquiring.asking import MOST
from portal.ideas.inquiring.queries import endings
from portal.ideas.models import Board
from portal.ideas.standing import Votes
from portal.voting.ruling import Hidden, day

Said = list[str]


def explain(board: Board, fields: dict[str, Any]) -> Said:
    """What follows for whom, in sentences; none when no rule changes."""
    changed = {name: value for name, value in fields.items() if getattr(board, name) != value}
    said: Said = []
    for name, sentences in SENTENCES.items():
        if name in changed:
            said += sentences(board, changed[name])
    if {"counts_hidden", "counts_hidden_days"} & set(changed):
        said += _hidden(board, fields["counts_hidden"], fields["counts_hidden_days"])
    if {"quiet_months", "quiet_days", "quiet_status"} & set(changed):
        said += _quiet(board, fields["quiet_months"], fields["quiet_days"], fields["quiet_status"])
    return said


def _budget(board: Board, budget: int | None) -> Said:
    if budget is None:
        return ["Everybody may have any number of votes here."]
    over = queries.people_with_more_votes(board, budget)
    said = [f"Everybody may have {_counted(budget, 'vote')} on open ideas."]
    if over:
        said.append(
            f"{_people(over)} {_have(over)} more open votes than that: they keep them, and "
            "cast no more until enough are taken back."
        )
    return said


def _most(board: Board, most: int) -> Said:
    heavier = queries.heavier_votes(board, most)
    said = [f"One person gives one idea at most {_counted(most, 'vote')}."]
    if heavier:
        said.append(
            f"{_counted(heavier, 'vote')} of more weight {_stay(heavier)} as they are, and can only get smaller."
        )
    return said


def _importance(board: Board, asked: bool) -> Said:
    if asked:
        return ["Who votes is asked how important it is. Nobody has to say."]
    said = queries.votes_with_importance(board)
    return [f"How important it is was said with {_counted(said, 'vote')}: it is kept and no longer shown."]


def _against(board: Board, taken: bool) -> Said:
    if taken:
        return ["People may also vote against an idea."]
    there = queries.votes_against(board)
    return [f"No more votes against. {_counted(there, 'vote')} against {_stay(there)} and can be taken back."]


def _least(board: Board, least: int) -> Said:
    if not least:
        return ["Everybody may post at once, without a vote before."]
    fewer = queries.people_with_fewer_votes(board, least)
    rule = f"A customer votes on {_counted(least, 'idea')} of others before posting."
    return [
        rule,
        f"{_people(fewer)} who took part here {_have(fewer)} voted less: nothing of theirs changes, they vote first.",
    ]


def _opens(_board: Board, at: datetime | None) -> Said:
    return [f"Ideas are taken {_from(at)}." if at else "The board is open at once."]


def _voting(board: Board, at: datetime | None) -> Said:
    if at is None:
        return ["Ideas and votes are taken at the same time."]
    votes, people = queries.open_votes(board)
    there = f" {_counted(votes, 'vote')} of {_people(people)} that are there stay." if votes else ""
    return [f"Votes are taken {_from(at)}, and no new ideas after that.{there}"]


def _closes(board: Board, at: datetime | None) -> Said:
    if at is None:
        return ["The board stays open."]
    votes, people = queries.open_votes(board)
    now = "at once" if at <= clock.now() else day(at)
    return [
        f"The board closes {now}: {_counted(votes, 'vote')} of {_people(people)} can then not be changed."
    ]


def _hidden(board: Board, hidden: str, days: int) -> Said:
    ideas = _counted(queries.open_ideas(board), "open idea")
    if hidden == Hidden.NEVER:
        return [f"The counts of {ideas} become visible to everybody who sees the board."]
    whom = "everybody but staff and those who voted on it"
    if hidden == Hidden.FIRST_DAYS:
        whom = f"everybody but staff while an idea is younger than {_counted(days, 'day')}"
    return [f"The counts of {ideas}, and their place under Hot and Top, are hidden from {whom}."]


def _revive(board: Board, number: int) -> Said:
    decided, already = queries.decided_ideas(board, number)
    if not number:
        return [
            f"Decisions stand: nobody can say on {_counted(decided, 'decided idea')} that they still want it."
        ]
    wants = "wants" if number == 1 else "want"
    said = [f"A decided idea comes before staff again when {_people(number)} still {wants} it."]
    said.append(f"{_counted(decided, 'idea')} can be asked for again.")
    if already:
        said.append(
            f"{_counted(already, 'idea')} {_have(already)} as many already and will come up with the next one."
        )
    return said


def _moves(_board: Board, moves: bool) -> Said:
    if moves:
        return ["Ideas that are asked for again are put under review at once, and take votes again."]
    return ["Ideas that are asked for again keep their status until somebody decides."]


def _quiet(board: Board, months: int, days: int, status: str) -> Said:
    asked = queries.asked_ideas(board)
    if not months:
        said = ["Nobody is asked whether they still want an idea about which nothing happens."]
        stay = f"{_counted(asked, 'idea')} about which people are asked now {_stay(asked)} open."
        return [*said, stay] if asked else said
    ideas, people = queries.quiet_ideas(board, months)
    to = next(each for each in endings(board.id) if each.key == status)
    free = " and its votes are free for other ideas" if to.votes == Votes.RETURNED else ""
    now = f"{_counted(ideas, 'idea')} and {_people(people)}"
    whom = "its author, its voters and its followers"
    said = [
        f"After {_counted(months, 'month')} without a sign of life {whom} are asked whether they still want an open idea.",
        f"That {_are(ideas)} {now} today. At most {MOST} ideas of the board are asked about on one day.",
        f"When nobody says yes within {_counted(days, 'day')}, the idea is {to.name}{free}. Everybody is told.",
    ]
    if asked:
        said.append(
            f"Asked about already: {_counted(asked, 'idea')}. The day stays; then it is {to.name} too."
        )
    return said


SENTENCES: dict[str, Callable[[Board, Any], Said]] = {
    "vote_budget": _budget,
    "most_per_idea": _most,
    "importance": _importance,
    "votes_against": _against,
    "least_votes_to_post": _least,
    "opens_at": _opens,
    "votes_from": _voting,
    "closes_at": _closes,
    "explores": foretelling.explores,
    "forget_months": foretelling.forgets,
    "revive_at": _revive,
    "revive_moves": _moves,
}


def _from(at: datetime | None) -> str:
    return day(at) if at and at > clock.now() else "from now on"


def _people(number: int) -> str:
    return "1 person" if number == 1 else f"{number:,} people"


def _have(number: int) -> str:
    return "has" if number == 1 else "have"


def _stay(number: int) -> str:
    return "stays" if number == 1 else "stay"


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def _counted(number: int, word: str) -> str:
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"
