"""Serving connections one after the other: one that breaks off holds up no other, and what broke it off is noted there."""

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from portal.crm_bridge.gateway import CrmError
from portal.database import db
from portal.errors import Conflict, NotFound, Refusal

log = logging.getLogger(__name__)

BROKE = "It broke off with an error of the portal. The log of the worker says more."


def each(names: Iterable[str], serve: Callable[[str], object], what: str) -> None:
    """Serve these connections; `what` says for the log what is not done where it cannot be."""
    for name in names:
        try:
            serve(name)
        except (Conflict, NotFound) as refusal:
            log.warning("The CRM connection %s was not %s: %s", name, what, refusal)
        except Exception:
            db.session.rollback()
            log.exception("The CRM connection %s was not %s: it broke off", name, what)


@dataclass(slots=True)
class Ended:
    """What ended it, if it was a failure: what the CRM said, or that we stumbled."""

    failure: CrmError | None = None

    @contextmanager
    def noticing(self, says: str) -> Iterator[None]:
        """Keep in mind what ends the block. What the CRM said becomes a Conflict, with `says` around its words."""
        try:
            yield
        except CrmError as error:
            self.failure = error
            raise Conflict(says.format(error)) from error
        except Refusal:
            raise
        except Exception:
            self.failure = CrmError(BROKE, permanent=False)
            raise
