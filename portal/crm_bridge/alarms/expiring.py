"""Expiring: until when the secret of a connection is good, which the CRM does not say and an admin enters."""

from collections.abc import Mapping
from datetime import date

from portal.crm_bridge.declaring import ENDS


def days_left(settings: Mapping[str, str], today: date) -> int | None:
    """How many days the secret is good after today, below zero once it ended; None when no day was entered."""
    entered = settings.get(ENDS, "")
    return (date.fromisoformat(entered) - today).days if entered else None


def in_words(days: int | None) -> str:
    """For a page and a terminal."""
    if days is None:
        return "no day was entered"
    return "it ended" if days < 0 else "it ends today" if days == 0 else f"{days} days"
