"""Offering to exports the score of an idea, with what it was worked out from."""

from collections.abc import Sequence
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from portal import tables
from portal.accounts.models import Viewer
from portal.database import db
from portal.ideas.scores.models import Arithmetic, Formula, Score
from portal.tables import Cells, Column

GROUP = "The score"
COLUMNS = (
    Column("product_score", GROUP, "The score that product managers gave it", for_staff=True),
    Column("product_score_formula", GROUP, "By which formula and version", for_staff=True),
    Column("product_score_inputs", GROUP, "The numbers that it was worked out from", for_staff=True),
    Column("product_scored_on", GROUP, "The day on which it was scored", for_staff=True),
)


def offer() -> None:
    """Let exports have these columns."""
    tables.offer("scores", COLUMNS, _cells)


def _cells(batch: Sequence[int], _viewer: Viewer) -> Cells:
    held = sa.select(Score).where(Score.idea_id.in_(batch), Score.current.is_(True))
    return {
        each.idea_id: {
            "product_score": Decimal(each.points) / 1000,
            "product_score_formula": _named(each.formula),
            "product_score_inputs": _inputs(each),
            "product_scored_on": each.at.date().isoformat(),
        }
        for each in db.session.scalars(held.options(joinedload(Score.formula)))
    }


def _named(formula: Formula | None) -> str:
    if formula is None:
        return "RICE"
    kind = "RICE" if formula.kind == Arithmetic.RICE else "Own formula"
    return f"{kind}, version {formula.version}{' of the board' if formula.board_id else ''}"


def _inputs(score: Score) -> str:
    """Each number with its name; the factors of an own formula are called as they were called then."""
    factors = score.formula.factors if score.formula else []
    names = {f"factor_{n}": each["name"] for n, each in enumerate(factors, 1)}
    return "; ".join(f"{names.get(name, name)} {value}" for name, value in score.inputs.items())
