"""Values of a row, checked: nothing is guessed, and what cannot be used says so."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from portal import clock, markup
from portal.tables import FORMULA
from portal.transfer.tables.mapping import Values

LONGEST_TITLE = 300
LONGEST_NAME = 80
LONGEST_MAIL = 254
LARGEST = 10**9
LONGEST_LABEL = 60
MOST_LABELS = 20
DATES = {
    "dd/mm/yyyy": ("%d/%m/%Y",),
    "mm/dd/yyyy": ("%m/%d/%Y",),
    "dd.mm.yyyy": ("%d.%m.%Y",),
    "yyyy/mm/dd": ("%Y/%m/%d",),
}
"""Orders of a date that have to be said; ISO 8601 (2026-01-31, with or without a time) is always read."""
TIMES = ("", " %H:%M", " %H:%M:%S")
_MAIL = re.compile(r"[^@\s<>\"(),:;\[\]\\]{1,64}@[^@\s<>\"(),:;\[\]\\]+\.[^@\s.]{2,}")
_NUMBER = re.compile(r"[+-]?\d{1,12}(?:\.0+)?", re.ASCII)
_ADDRESS = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_YES, _NO = {"true", "yes", "1", "t", "y"}, {"", "false", "no", "0", "f", "n"}


class BadValue(ValueError):
    """A value of a row cannot be used; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody as a source names them."""

    key: str = ""
    mail: str = ""
    name: str = ""
    url: str = ""

    @property
    def is_known(self) -> bool:
        """Whether a person can be told from others by it: a name alone tells nobody apart."""
        return bool(self.key or self.mail)


class Fields:
    """The fields of one row. What they are called in messages is the name of their column."""

    def __init__(self, values: Values, called: Mapping[str, str], dates: str = "") -> None:
        self._values = values
        self._called = called
        self._dates = dates

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def called(self, name: str) -> str:
        return self._called.get(name, name)

    def raw(self, name: str) -> Any:
        """What stands there, as it was read."""
        return self._values.get(name)

    def text(self, name: str, most: int, *, needed: bool = False) -> str:
        """Text that can be stored. Raises BadValue when it is missing though needed, or longer than `most`."""
        value = self._values.get(name)
        text = "" if value is None else markup.plain(_written(value)).strip()
        if needed and not text:
            raise BadValue(f"{self.called(name)} is missing")
        if len(text) > most:
            raise BadValue(f"{self.called(name)} has {len(text):,} characters, and {most:,} are the most")
        return text

    def line(self, name: str, most: int, *, needed: bool = False) -> str:
        """The same on one line, with single blanks."""
        return " ".join(self.text(name, most, needed=needed).split())

    def key(self, name: str, *, needed: bool = True) -> str:
        """An id of the source."""
        key = self.line(name, 100, needed=needed)
        return key[:-2] if re.fullmatch(r"\d+\.0", key) else key

    def number(self, name: str) -> int:
        """A whole number; 0 where there is none. Raises BadValue."""
        text = self.line(name, 100)
        if not text:
            return 0
        if not _NUMBER.fullmatch(text) or abs(int(float(text))) > LARGEST:
            raise BadValue(f"{self.called(name)} is no whole number that can be used: {text[:40]}")
        return int(float(text))

    def amount(self, name: str) -> Decimal | None:
        """An amount of money; None where there is none. Raises BadValue."""
        text = self.line(name, 100)
        try:
            found = Decimal(text) if text else None
        except InvalidOperation:
            raise BadValue(f"{self.called(name)} is no amount: {text[:40]}") from None
        if found is not None and not 0 <= found <= 10**11:
            raise BadValue(f"{self.called(name)} is no amount that can be used: {text[:40]}")
        return found

    def flag(self, name: str) -> bool:
        """Yes or no; no where there is nothing. Raises BadValue."""
        text = self.line(name, 100).lower()
        if text not in _YES | _NO:
            raise BadValue(f"{self.called(name)} is neither yes nor no: {text[:40]}")
        return text in _YES

    def mail(self, name: str) -> str:
        """A mail address in small letters; "" where there is none. Raises BadValue."""
        text = self.line(name, LONGEST_MAIL).lower()
        if text and not _MAIL.fullmatch(text):
            raise BadValue(f"{self.called(name)} is no mail address: {text[:60]}")
        return text

    def address(self, name: str) -> str | None:
        """An address on the web; what is none is left out."""
        text = self.line(name, 2000)
        return text if _ADDRESS.fullmatch(text) and len(text) <= 500 and markup.link_allowed(text) else None

    def moment(self, name: str, *, needed: bool = False) -> datetime | None:
        """A time in UTC. Raises BadValue for what is no date, is not dated in our time, or is missing though needed."""
        text = self.line(name, 100, needed=needed)
        if not text:
            return None
        found = _moment(text, self._dates)
        if found is None:
            unsaid = re.match(r"\d\d?[./-]\d\d?[./-]\d\d", text) and " (say how dates are written)"
            raise BadValue(f"{self.called(name)} is no date: {text[:40]}{unsaid or ''}")
        if found.year < 1990 or found > clock.now() + timedelta(days=1):
            raise BadValue(f"{self.called(name)} is no date of our time: {text[:40]}")
        return found

    def labels(self, name: str) -> list[str]:
        """Words of a list, or of text with commas between them."""
        value = self._values.get(name) or ""
        each = value if isinstance(value, list) else re.split(r"[,;|]", _written(value))
        names = (each.get("name") if isinstance(each, dict) else each for each in each)
        found = (" ".join(markup.plain(_written(name or "")).split()) for name in names)
        return sorted({word[:LONGEST_LABEL] for word in found if word})[:MOST_LABELS]

    def who(self, role: str) -> Who:
        """The person in this role: "author", "voter", "added_by". Raises BadValue for what is no mail address."""
        name = self.line(role, 2000)
        key = self.key(f"{role}_id", needed=False)
        return Who(key, self.mail(f"{role}_mail"), name[:LONGEST_NAME], self.address(f"{role}_url") or "")

    def person(self) -> Who:
        """The person that a row of a table of people is about. Raises BadValue for what is no mail address."""
        return Who(
            self.key("person", needed=False), self.mail("mail"), self.line("name", 2000)[:LONGEST_NAME]
        )


def _written(value: Any) -> str:
    """A value as text. The mark that tells spreadsheets that no formula follows is not part of it."""
    if isinstance(value, list):
        value = ", ".join(map(str, value))
    text = value if isinstance(value, str) else str(value)
    return text[1:] if text[:1] == "'" and text[1:].lstrip().startswith(FORMULA) else text


def _moment(text: str, dates: str) -> datetime | None:
    iso = text.removesuffix(" UTC").removesuffix(" GMT")
    # As Ruby writes it: 2026-01-31 20:05:12 +0100.
    iso = re.sub(r"\s+([+-]\d\d:?\d\d)$", r"\1", iso)
    try:
        found = datetime.fromisoformat(iso) if re.match(r"\d{4}-\d\d-\d\d", iso) else None
    except ValueError:
        found = None
    for day in DATES.get(dates, ()):
        for time in TIMES:
            found = found or _parsed(text, day + time)
    try:
        return found and (found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC))
    except OverflowError:
        return None


def _parsed(text: str, pattern: str) -> datetime | None:
    try:
        return datetime.strptime(text, pattern).replace(tzinfo=UTC)
    except ValueError:
        return None
