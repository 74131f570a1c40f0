"""Forgetting whom a workaround helped, where it is forgotten who voted: the count stays."""

from collections.abc import Collection, Mapping

from portal.ideas.forgetting.replacing import forgets, rename
from portal.moderation.workarounds.models import Help


@forgets
def forget(family: Collection[int], names: Mapping[int, int]) -> None:
    """They are those without a name, as their votes are."""
    rename(Help, family, names)
