"""Weighing: the arithmetic of scores. Numbers are decimal and exact until the end, where thousandths are rounded.

RICE = reach * impact * confidence / effort

Source: Sean McBride, "RICE: Simple prioritization for product managers", Intercom, 2018: reach is how many it touches,
impact 0.25, 0.5, 1, 2 or 3, confidence a share, effort in person-months. A weighted formula is sum(weight * factor).
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from fractions import Fraction

IMPACTS = {"0.25": "Minimal", "0.5": "Low", "1": "Medium", "2": "High", "3": "Massive"}
LARGEST = Decimal(1_000_000)
DIGITS = 3


def number(text: str, least: Decimal = Decimal(0)) -> Decimal:
    """The number that was typed, from `least` to a million with at most three digits behind the point.

    Raises ValueError, with a sentence, for anything else.
    """
    try:
        value = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        raise ValueError("Type a number, such as 3 or 0.5.") from None
    if not value.is_finite() or not least <= value <= LARGEST:
        raise ValueError(f"Use a number from {least} to {LARGEST:,}.")
    if value != round(value, DIGITS):
        raise ValueError("Use at most three digits behind the point.")
    return value


def rice(inputs: Mapping[str, Decimal]) -> int:
    """RICE in thousandths, from reach, impact, confidence (per cent) and effort (more than 0)."""
    share = Fraction(inputs["confidence"]) / 100
    return _thousandths(
        Fraction(inputs["reach"]) * Fraction(inputs["impact"]) * share / Fraction(inputs["effort"])
    )


def weighted(weights: Sequence[Decimal], factors: Sequence[Decimal]) -> int:
    """The sum of weights times factors, in thousandths."""
    pairs = zip(weights, factors, strict=True)
    return _thousandths(sum((Fraction(weight) * Fraction(factor) for weight, factor in pairs), Fraction(0)))


def _thousandths(value: Fraction) -> int:
    return round(value * 10**DIGITS)
