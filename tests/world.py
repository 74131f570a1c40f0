"""One small community that the visibility matrix and the journeys look at: something of every kind and state."""

from typing import Any

from portal import clock
from tests.cast import Cast


def build(make: Any, cast: Cast) -> dict[str, Any]:
    """Names of things to things. Everything is by `customer` unless its name says otherwise."""
    hidden = {"hidden_at": clock.now(), "hidden_reason": "Advertising"}
    board, category = make.board(name="Mobile"), make.category(name="Reports")
    world: dict[str, Any] = {"board": board, "category": category}
    world["idea"] = make.idea(board=board, author=cast.customer, title="Offline mode for field visits")
    world["hidden_idea"] = make.idea(board=board, author=cast.customer, title="Cheap watches", **hidden)
    world["comment"] = make.comment(world["idea"], author=cast.customer)
    world["hidden_comment"] = make.comment(world["idea"], author=cast.customer, **hidden)
    world["topic"] = make.topic(category=category, author=cast.customer, title="Report shows old totals")
    world["hidden_topic"] = make.topic(category=category, author=cast.customer, title="Cheap bags", **hidden)
    world["reply"] = make.reply(world["topic"], author=cast.other_customer)
    world["hidden_reply"] = make.reply(world["topic"], author=cast.customer, **hidden)
    world["imported_person"] = make.person(
        email=None, name="Imported Ivan", source_system="old", source_id="1"
    )
    world["unconfirmed_person"] = make.person(name="New Nora", confirmed_at=None)
    world["closed_person"] = make.person(name="Gone Greta", active=False)
    world["erased_person"] = make.person(name="Nobody", email=None, active=False, erased_at=clock.now())
    return world | {name: cast[name] for name in vars(cast) if name != "stranger"}
