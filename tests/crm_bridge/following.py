"""Letting a reader read all there is, also while other test processes have transactions open."""

from portal.activity import reading
from tests import waiting


def catch_up(reader):
    """Commit, and let this reader read everything; returns how many entries it took."""
    waiting.until_all_can_be_read()
    return reading.catch_up(reader)
