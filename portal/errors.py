"""Refusals: an exception carries its status, what happened, and what the person can do next."""

from typing import ClassVar


class Refusal(Exception):
    """Base of everything that the portal declines to do. `str(refusal)` is a sentence for the person."""

    status: ClassVar[int] = 400
    title: ClassVar[str] = "That did not work"


class NotAllowed(Refusal):
    """The person may see this but not do that."""

    status = 403
    title = "You may not do that"


class NotFound(Refusal):
    """It does not exist, or the person may not know that it does."""

    status = 404
    title = "There is nothing here"


class Conflict(Refusal):
    """The state of the thing does not allow it now (locked, closed, already decided)."""

    status = 409
    title = "That cannot be done now"


class Unusable(Refusal):
    """The request cannot be understood (a broken cursor, a forged field)."""

    status = 400
    title = "That link or form is broken"
