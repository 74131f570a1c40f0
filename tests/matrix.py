"""How a slice says who may do what: rows of `tests/<slice>/matrix.py`, run by the visibility matrix test.

    ROUTES = [
        row("GET", "ideas.show", {"idea_id": "idea"}, everyone=200),
        row("GET", "ideas.show", {"idea_id": "hidden_idea"}, everyone=404, customer=200, moderator=200, admin=200),
        row("PUT", "ideas.put_vote", {"idea_id": "idea"}, everyone=303, stranger=401),
    ]

Values of the arguments are names of tests/world.py. A stranger who must sign in first gets 401 or, for a page,
a redirect (302) to sign-in.
"""

from dataclasses import dataclass
from typing import Any

from tests.cast import ACTORS


@dataclass(frozen=True)
class Row:
    method: str
    endpoint: str
    args: dict[str, Any]
    data: dict[str, Any]
    expect: dict[str, int]

    def __str__(self) -> str:
        return f"{self.method} {self.endpoint} {' '.join(map(str, self.args.values()))}".strip()


def row(
    method: str,
    endpoint: str,
    args: dict[str, Any] | None = None,
    data: dict[str, Any] | None = None,
    *,
    everyone: int | None = None,
    **expect: int,
) -> Row:
    """One row; `everyone` is what each actor gets who is not named."""
    unknown = set(expect) - set(ACTORS)
    if unknown:
        raise ValueError(f"no such actors: {unknown}")
    if everyone is None and len(expect) < len(ACTORS):
        raise ValueError("name every actor, or say what everyone gets")
    return Row(method, endpoint, args or {}, data or {}, {a: expect.get(a, everyone or 0) for a in ACTORS})
