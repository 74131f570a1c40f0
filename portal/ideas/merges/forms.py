"""What may come in about a merge."""

import re

from wtforms import HiddenField, StringField
from wtforms.validators import Length

from portal.ideas.forms import one_line
from portal.pages import Form

_NUMBER = re.compile(r"(?:.*/ideas/)?#?(\d{1,18})(?:-[^/]*)?")


def idea_number(text: str) -> int:
    """The idea that is meant by "12", "#12" or an address; 0 for none."""
    found = _NUMBER.fullmatch(text.strip())
    return int(found[1]) if found else 0


class MergeForm(Form):
    """Into which idea, and why."""

    into = HiddenField()
    reason = StringField(
        "Why",
        [Length(max=500, message="At most 500 characters.")],
        filters=[one_line],
        description="Everybody reads it who comes from the other address.",
    )

    @property
    def into_id(self) -> int:
        """The number of the idea; 0 for none."""
        return idea_number((self.into.data or "")[:300])


class PartForm(Form):
    """Why an idea stands for itself again."""

    reason = StringField(
        "Why",
        [Length(max=500, message="At most 500 characters.")],
        filters=[one_line],
        description="It stands in the history of both.",
    )
