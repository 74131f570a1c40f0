"""What may come in about the audience of a board."""

from typing import Any

from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    TextAreaField,
)
from wtforms.validators import Length, ValidationError
from wtforms.widgets import CheckboxInput

from portal.accounts.models import Company
from portal.admin.audiences import queries
from portal.admin.audiences.queries import Chosen
from portal.ideas.models import AUDIENCE_WORDS, Audience, Board, Party
from portal.pages import Form

AUDIENCES = [SelectChoice(each.value, words[0].upper() + words[1:]) for each, words in AUDIENCE_WORDS.items()]
PARTIES = [
    SelectChoice(Party.EVERYONE.value, "Everybody who sees it and signed in"),
    SelectChoice(Party.COMPANIES.value, "The chosen companies, and staff"),
    SelectChoice(Party.STAFF.value, "Staff"),
    SelectChoice(Party.NOBODY.value, "Nobody"),
]
PLAIN = ("audience", "own_only", "who_posts", "who_votes", "who_comments")


def _several(label: str) -> SelectMultipleField:
    return SelectMultipleField(label, option_widget=CheckboxInput(), choices=[])


class AudienceForm(Form):
    """For whom the board is, and who may do what. `agreed` is the mark of the change that was explained."""

    audience = RadioField("Who sees it", choices=AUDIENCES)
    own_only = BooleanField(
        "Each customer sees only the ideas that they wrote",
        description="Staff see all of them. Good for reports that others should not read.",
    )
    companies = TextAreaField(
        "Chosen companies",
        [Length(max=20_000, message="Use at most 20,000 characters.")],
        description="One name in a line, as it stands under Companies.",
        render_kw={"rows": 3},
    )
    segments = _several("Chosen segments")
    tiers = _several("Chosen tiers")
    who_posts = SelectField("Who may post ideas", choices=PARTIES)
    who_votes = SelectField("Who may vote", choices=PARTIES)
    who_comments = SelectField("Who may comment", choices=PARTIES)
    agreed = HiddenField()

    def __init__(self, *args: Any, board: Board, **kwargs: Any) -> None:
        chosen = queries.chosen_for(board)
        kept = {
            "companies": "\n".join(queries.names_of(chosen.companies)),
            "segments": sorted(chosen.segments),
            "tiers": sorted(chosen.tiers),
        }
        super().__init__(*args, **{name: getattr(board, name) for name in PLAIN}, **kept, **kwargs)
        # What was chosen can be taken away also when no company has it any more.
        segments = {*queries.words_of(Company.segment), *chosen.segments}
        tiers = {*queries.words_of(Company.tier), *chosen.tiers}
        self.segments.choices = [SelectChoice(each, each) for each in sorted(segments)]
        self.tiers.choices = [SelectChoice(each, each) for each in sorted(tiers)]

    def listed(self) -> list[str]:
        """The names of companies that were typed, each once."""
        lines = (" ".join(line.split()) for line in (self.companies.data or "").splitlines())
        return list(dict.fromkeys(line for line in lines if line))

    def chosen(self) -> Chosen:
        """Who was chosen."""
        companies = queries.ids_of(self.listed()).values()
        segments, tiers = self.segments.data or (), self.tiers.data or ()
        return Chosen(frozenset().union(*companies), frozenset(segments), frozenset(tiers))

    def fields(self) -> dict[str, Any]:
        """What was chosen of the rest, by column."""
        return {name: self[name].data for name in PLAIN}

    def validate_companies(self, _field: Any) -> None:
        """Raises ValidationError for names that no company has."""
        known = queries.ids_of(self.listed())
        unknown = [name for name in self.listed() if name.lower() not in known]
        if unknown:
            raise ValidationError(f"There is no company called {', '.join(unknown[:5])}.")

    def validate_audience(self, field: Any) -> None:
        """Raises ValidationError for a board for chosen companies when none were chosen."""
        if field.data == Audience.COMPANIES and not self.chosen() and not self.companies.errors:
            raise ValidationError("Choose at least one company, segment or tier below.")
