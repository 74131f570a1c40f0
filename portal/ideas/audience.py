"""For whom a board is, and who takes part in it."""

from enum import StrEnum


class Audience(StrEnum):
    """Who may know what stands on a board. Staff always may."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    COMPANIES = "companies"
    STAFF = "staff"

    @property
    def label(self) -> str:
        """In words, after "for": "the chosen companies"."""
        return AUDIENCE_WORDS[self]


AUDIENCE_WORDS = {
    Audience.PUBLIC: "everybody",
    Audience.SIGNED_IN: "everybody who signed in",
    Audience.COMPANIES: "the chosen companies",
    Audience.STAFF: "staff",
}


class Party(StrEnum):
    """Who may post, vote or comment, among those who see a board. Staff may wherever anybody may."""

    EVERYONE = "everyone"
    COMPANIES = "companies"
    STAFF = "staff"
    NOBODY = "nobody"
