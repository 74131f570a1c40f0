"""Judging a new password: long enough, not what everybody uses, not the person's own name."""

import re
from functools import cache
from pathlib import Path
from typing import Any

from flask_security.password_util import PasswordUtil

SHORTEST, LONGEST = 10, 256
FEWEST_DIFFERENT = 5
TOO_SHORT = f"Use at least {SHORTEST} characters. A few words in a row are easy to remember."
TOO_LONG = f"Use at most {LONGEST} characters."
TOO_COMMON = (
    "Many people use this password or one like it, so it is among the first that are tried. Choose another."
)
TOO_PERSONAL = (
    "This is little more than your name or mail address. Choose something that others cannot guess."
)


@cache
def common() -> frozenset[str]:
    """The passwords that many people use, in lower case."""
    lines = Path(__file__).with_name("common_passwords.txt").read_text().splitlines()
    return frozenset(line.lower() for line in lines if not line.startswith("#"))


def objection(password: str, *, about: tuple[str, ...] = ()) -> str | None:
    """Why this password may not be used, as a sentence; None when it may. `about`: words others know of the person."""
    if len(password) < SHORTEST:
        return TOO_SHORT
    if len(password) > LONGEST:
        return TOO_LONG
    plain = password.lower()
    if is_common(plain):
        return TOO_COMMON
    return TOO_PERSONAL if _is_mostly(plain, about) else None


def is_common(plain: str) -> bool:
    """Whether it is on the list: as it is, without what stands before and behind, or written several times."""
    stem = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", plain)
    again = re.fullmatch(r"(.+?)\1+", plain)
    candidates = {plain, stem, again[1] if again else plain}
    return len(set(plain)) < FEWEST_DIFFERENT or bool(candidates & common())


def _is_mostly(plain: str, about: tuple[str, ...]) -> bool:
    words = [word for text in about for word in re.split(r"[\W_]+", text.lower()) if len(word) > 3]
    rest = plain
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word, "")
    return len(re.sub(r"[\W\d_]", "", rest)) < FEWEST_DIFFERENT and rest != plain


class Passwords(PasswordUtil):
    """For Flask-Security."""

    def validate(self, password: str, is_register: bool, **known: Any) -> tuple[list[str] | None, str]:
        """The objections to a password, and its normal form."""
        normal = self.normalize(password)
        user = known.get("user")
        name = user.name if user else known.get("name")
        email = user.email if user else known.get("email")
        said = objection(normal, about=(name or "", (email or "").partition("@")[0]))
        return ([said] if said else None), normal
