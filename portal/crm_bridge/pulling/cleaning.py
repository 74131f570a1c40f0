"""Cleaning: what a CRM says of a company or a contact, in the form in which it is kept here. What cannot be is left out."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

Known = dict[str, Any]

TEXTS = {"tier": 40, "segment": 80, "owner": 120}
LARGEST = Decimal("999999999999.99")
CURRENCY = re.compile(r"[A-Z]{3}")
NO = frozenset({"", "0", "no", "false", "none", "n", "off"})


def known_of(fields: Mapping[str, Any], currency: str) -> Known:
    """The columns of a company of which these fields speak; None where they say nothing. `currency` is that of amounts
    for which none is named."""
    known: Known = {name: text(fields[name], most) for name, most in TEXTS.items() if name in fields}
    if "renews_on" in fields:
        known["renews_on"] = day(fields["renews_on"])
    if "revenue" in fields:
        known["revenue"] = amount(fields["revenue"])
        if known["revenue"] is not None:
            known["currency"] = money_of(fields.get("currency"), currency)
    return known


def text(value: Any, most: int) -> str | None:
    """One line of at most so many letters; None for nothing."""
    line = " ".join("".join(each if each.isprintable() else " " for each in str(value or "")).split())
    return line[:most].rstrip() or None


def amount(value: Any) -> Decimal | None:
    """A sum from 0 to what can be kept; None for what is none."""
    try:
        number = Decimal(str(value).replace(" ", "").replace("_", "x"))
    except InvalidOperation:
        return None
    if not number.is_finite() or not 0 <= number <= LARGEST:
        return None
    return number.quantize(Decimal("0.01"))


def day(value: Any) -> date | None:
    """A day, also of a moment."""
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None


def money_of(value: Any, otherwise: str) -> str:
    """Three letters of a currency, or those of another."""
    letters = str(value or "").strip().upper()
    return letters if CURRENCY.fullmatch(letters) else otherwise


def is_yes(value: Any) -> bool:
    """What a CRM means by a box that is ticked."""
    return str(value if value is not None else "").strip().lower() not in NO


def opts_out(fields: Mapping[str, Any]) -> bool | None:
    """Whether a contact wants no such mail; None where the CRM does not say."""
    return is_yes(fields["mail_opt_out"]) if "mail_opt_out" in fields else None
