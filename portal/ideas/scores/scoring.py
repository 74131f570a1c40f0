"""Scoring an idea by the formula in force, and setting another formula. Nothing is worked out anew by itself."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from portal import clock, markup
from portal.accounts.models import Person
from portal.activity import journal
from portal.activity.events import FormulaSet, IdeaScored
from portal.database import db
from portal.errors import Unusable
from portal.ideas.deciding import must_decide
from portal.ideas.models import Idea
from portal.ideas.scores import queries, weighing
from portal.ideas.scores.models import Arithmetic, Formula, Score
from portal.voting.tallying import demand_for


def score(idea: Idea, *, by: Person, inputs: Mapping[str, Decimal], why: str = "") -> Score:
    """A new score by the formula in force. The same inputs again give the present one.

    `inputs`: reach, impact, confidence, effort of RICE, or factor_1, factor_2, … of a weighted formula. Raises
    NotAllowed unless the person decides, Unusable for another reach than the votes give without a reason.
    """
    must_decide(by)
    db.session.refresh(idea, ["status"], with_for_update=True)
    formula, why = queries.in_force(idea.board_id), markup.plain(why).strip()
    counted = None
    if is_rice(formula):
        counted = demand_for(idea.id).companies
        if inputs["reach"] != counted and not why:
            raise Unusable(f"{counted} companies want this now. Say why you reckon with another number.")
    facts: dict[str, Any] = {
        "formula_id": formula.id if formula else None,
        "inputs": {name: str(value) for name, value in inputs.items()},
        "counted": counted,
        "why": why,
        "points": _points(formula, inputs),
    }
    held = queries.score_of(idea)
    if held and all(getattr(held, name) == value for name, value in facts.items()):
        return held
    return _replace(idea, by, facts, formula)


def _replace(idea: Idea, by: Person, facts: dict[str, Any], formula: Formula | None) -> Score:
    before = sa.update(Score).where(Score.idea_id == idea.id, Score.current.is_(True))
    db.session.execute(before.values(current=False))
    given = Score(idea_id=idea.id, scored_by=by, at=clock.now(), current=True, **facts)
    db.session.add(given)
    version = formula.version if formula else 0
    journal.record(IdeaScored(actor_id=by.id, idea_id=idea.id, version=version, points=given.points))
    return given


def is_rice(formula: Formula | None) -> bool:
    """Whether this formula (None: the built-in one) is RICE."""
    return formula is None or formula.kind == Arithmetic.RICE


def _points(formula: Formula | None, inputs: Mapping[str, Decimal]) -> int:
    if formula is None or is_rice(formula):
        return weighing.rice(inputs)
    weights = [Decimal(each["weight"]) for each in formula.factors]
    return weighing.weighted(weights, [inputs[f"factor_{n}"] for n in range(1, len(weights) + 1)])


def set_formula(
    board_id: int | None, *, by: Person, kind: str, factors: list[dict[str, str]], why: str = ""
) -> Formula | None:
    """The next version of the formula of a board (None: of the house); None when it is the one in force.

    Scores that were given keep their version. Raises NotAllowed unless the person decides.
    """
    must_decide(by)
    if not is_another(board_id, kind, factors):
        return None
    held = queries.own(board_id)
    made = Formula(
        board_id=board_id,
        version=held.version + 1 if held else 1,
        kind=kind,
        factors=factors,
        why=markup.plain(why).strip(),
        made_by_id=by.id,
        at=clock.now(),
    )
    db.session.add(made)
    db.session.flush()
    journal.record(FormulaSet(actor_id=by.id, board_id=board_id, version=made.version))
    return made


def is_another(board_id: int | None, kind: str, factors: list[dict[str, str]]) -> bool:
    """Whether this is not the newest formula that a board (None: the house) has."""
    held = queries.own(board_id)
    return held is None or (held.kind, held.factors) != (kind, factors)
