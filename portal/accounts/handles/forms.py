"""What may come in about where somebody is found."""

import re
from urllib.parse import urlsplit

from wtforms import SelectField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length

from portal.accounts.forms import tidy
from portal.accounts.handles.models import Place
from portal.pages import Form

NAME = re.compile(r"@?[\w.-]{1,60}(@[\w.-]{3,120})?")
HOST = re.compile(r"[\w-]+(\.[\w-]+)+\.?")
"""Nothing that a browser reads as the end of a host and we do not, such as a backslash."""
HOSTS = {
    Place.LINKEDIN: ("linkedin.com",),
    Place.GITHUB: ("github.com", "github.io"),
    Place.BLUESKY: ("bsky.app", "bsky.social"),
    Place.X: ("x.com", "twitter.com"),
    Place.YOUTUBE: ("youtube.com", "youtu.be"),
}
"""What calls itself a page on one of these is there."""
FOR_NAMES = frozenset(Place) - {Place.WEBSITE, Place.OTHER}


class HandleForm(Form):
    """A place, and a name or an address there."""

    place = SelectField("Where", choices=[SelectChoice(str(each), each.label) for each in Place])
    address = StringField(
        "Name or address there",
        [
            DataRequired("Type your name there, or the address of your page."),
            Length(max=200, message="Use at most 200 characters."),
        ],
        filters=[tidy],
        render_kw={"maxlength": 200, "dir": "auto", "autocomplete": "url"},
    )

    def validate_address(self, field: StringField) -> None:
        """An address begins with https; a name only makes sense where a place has names."""
        typed = str(field.data)
        if self.place.data in FOR_NAMES and NAME.fullmatch(typed):
            return
        if not _is_address(typed):
            raise ValidationError(
                "Type an address that begins with https://, or your name there, such as @ines."
            )
        host = (urlsplit(typed).hostname or "").removesuffix(".")
        theirs = HOSTS.get(self.place.data, ())
        if theirs and not any(host == each or host.endswith(f".{each}") for each in theirs):
            raise ValidationError(
                f"A page there is on {theirs[0]}. Choose Website or Another place for this one."
            )


def _is_address(typed: str) -> bool:
    try:
        parts = urlsplit(typed)
        named = bool(HOST.fullmatch(parts.hostname or "")) and parts.port in (None, 443)
    except ValueError:
        return False
    return (
        parts.scheme == "https"
        and named
        and "@" not in parts.netloc
        and typed.isprintable()
        and " " not in typed
    )
