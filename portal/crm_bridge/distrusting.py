"""Distrusting: whatever a vendor returns can be kept here, or it is left out; and what makes no sense is an error of the
CRM, not of ours.

A record that the database does not take would stop everything behind it for ever, since it comes again each time.
"""

import logging
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from portal.crm_bridge.gateway import Changed, CrmError, Held, Outcome, Ref, Status, Value

log = logging.getLogger(__name__)

LONGEST_ID, LONGEST_VERSION, LONGEST_FIELD, LONGEST_WORDS = 120, 60, 120, 1_000
LONGEST_VALUE, LONGEST_CURSOR = 32_768, 8_192
LARGEST = 2**63
ODD = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError)
"""What comes of an answer that is not as it should be."""

UNREADABLE = re.compile("[\0\ud800-\udfff]")
NO_ID = "The CRM gave an id that cannot be kept"
Result = TypeVar("Result")
Item = TypeVar("Item")


def sensibly(ask: Callable[[], Result]) -> Result:
    """What is returned. Raises CrmError also where a vendor stumbled over an answer."""
    try:
        return ask()
    except ODD as error:
        log.exception("An answer of a CRM made no sense")
        words = f"The CRM answered something that makes no sense ({type(error).__name__})"
        raise CrmError(words, permanent=False) from error


def each_of(items: Sequence[Item], many: int) -> list[Item]:
    """As many as were asked for. Raises CrmError when no answer can be told from another."""
    if len(items) != many:
        raise CrmError(f"The CRM answered {len(items)} of {many} questions", permanent=False)
    return list(items)


def readable(text: Any, longest: int) -> str:
    """A text that every database keeps."""
    text = text if isinstance(text, str) else "" if text is None else str(text)
    return UNREADABLE.sub("\ufffd", text[:longest])


def is_id(text: Any) -> bool:
    """Whether it can name a record."""
    return isinstance(text, str) and 0 < len(text) <= LONGEST_ID and text.isprintable()


def known(remote_id: str | None) -> str | None:
    """An id by which a record was found. Raises CrmError for one that cannot be kept: what is there would be made again."""
    if remote_id is not None and not is_id(remote_id):
        raise CrmError(NO_ID, permanent=False)
    return remote_id


def outcome(each: Outcome) -> Outcome:
    """What became of a row, in words that can be kept."""
    if each.remote_id is not None and not is_id(each.remote_id):
        return Outcome(Status.FAILED, message=NO_ID, permanent=True)
    return replace(
        each,
        version=None if each.version is None else readable(each.version, LONGEST_VERSION),
        message=readable(each.message, LONGEST_WORDS),
        field=readable(each.field, LONGEST_FIELD),
    )


def held(each: Held) -> Held | None:
    """A record with values that can be kept; None for one whose id cannot."""
    if not is_id(each.ref.remote_id):
        return None
    ours = each.ref.external_id if isinstance(each.ref.external_id, str) else ""
    merged = each.merged_into if each.merged_into != each.ref.remote_id else None
    return replace(
        each,
        ref=Ref(readable(ours, LONGEST_ID), each.ref.remote_id),
        fields={name: _value(found) for name, found in each.fields.items()},
        version=None if each.version is None else readable(each.version, LONGEST_VERSION),
        gone=each.gone or (merged is not None and not is_id(merged)),
        merged_into=merged if is_id(merged) else None,
    )


def _value(found: Any) -> Value:
    if isinstance(found, str):
        return readable(found, LONGEST_VALUE)
    if isinstance(found, bool) or found is None:
        return found
    if isinstance(found, int):
        return found if abs(found) < LARGEST else None
    return found if isinstance(found, float) and math.isfinite(found) else None


def changed(found: Changed) -> Changed:
    """What changed, without what cannot be kept. Raises CrmError for a cursor that cannot."""
    if not isinstance(found.cursor, str) or readable(found.cursor, LONGEST_CURSOR) != found.cursor:
        raise CrmError("The CRM gave a place to go on from that cannot be kept", permanent=False)
    return replace(found, records=[there for each in found.records if (there := held(each)) is not None])
