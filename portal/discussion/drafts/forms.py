"""What may come in as a draft: the fields of another form as they stand, valid or not."""

import re
from collections.abc import Mapping
from typing import Any

from wtforms import HiddenField

from portal import markup, pages

KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_NOT_KEPT = frozenset({"csrf_token", "key", "version", "seen", "anyway", "look"})
MOST_FIELDS = 80


class DraftForm(pages.Form):
    """The key of the form that is saved, and the version of its draft that it knows."""

    key = HiddenField()
    version = HiddenField()

    @property
    def usable_key(self) -> str | None:
        """The key, when it can be one of ours."""
        return self.key.data if KEY.fullmatch(self.key.data or "") else None

    @property
    def number(self) -> int:
        """The version; 0 for what is none."""
        text = self.version.data or ""
        return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else 0


def fields_of(sent: Mapping[str, Any]) -> dict[str, list[str]]:
    """What a form held, field by field, as a draft keeps it. `sent` has `lists()`, as a form does."""
    lists: Any = sent
    kept = {
        name: [markup.plain(text) for text in texts]
        for name, texts in lists.lists()
        if _NAME.fullmatch(name) and name not in _NOT_KEPT
    }
    return dict(list(kept.items())[:MOST_FIELDS])
