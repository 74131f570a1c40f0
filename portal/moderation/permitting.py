"""Who may moderate."""

from portal.accounts.models import Person
from portal.accounts.permissions import Permission
from portal.errors import NotAllowed


def must_moderate(by: Person) -> None:
    """Raises NotAllowed for anybody who is no moderator."""
    if not by.may(Permission.MODERATE):
        raise NotAllowed("Only moderators may do that. You can flag it, and a moderator looks at it.")
