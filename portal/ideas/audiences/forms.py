"""What may come in about the audience of a place."""

from typing import Any

from wtforms import Form, RadioField, SelectChoice, SelectMultipleField, TextAreaField
from wtforms.validators import Length, ValidationError
from wtforms.widgets import CheckboxInput

from portal.accounts.models import Company
from portal.ideas.audiences import queries
from portal.ideas.audiences.queries import Chosen
from portal.ideas.models import AUDIENCE_WORDS, Audience

AUDIENCES = [SelectChoice(each.value, words[0].upper() + words[1:]) for each, words in AUDIENCE_WORDS.items()]


def several(label: str) -> SelectMultipleField:
    """A list of boxes to tick."""
    return SelectMultipleField(label, option_widget=CheckboxInput(), choices=[])


class Audienced(Form):
    """The part of a form that says who sees a place. `place` is the one that is changed, None for a new one."""

    audience = RadioField("Who sees it", choices=AUDIENCES, default=Audience.PUBLIC)
    companies = TextAreaField(
        "Chosen companies",
        [Length(max=20_000, message="Use at most 20,000 characters.")],
        description="One name in a line, as it stands under Companies.",
        render_kw={"rows": 3},
    )
    segments = several("Chosen segments")
    tiers = several("Chosen tiers")

    def __init__(self, *args: Any, place: Any = None, **kwargs: Any) -> None:
        held = queries.chosen_for(place) if place is not None else Chosen()
        kept = {
            "companies": "\n".join(queries.names_of(held.companies)) if held.companies else "",
            "segments": sorted(held.segments),
            "tiers": sorted(held.tiers),
        }
        super().__init__(*args, **kept, **kwargs)
        # What was chosen can be taken away also when no company has it any more.
        segments = {*queries.words_of(Company.segment), *held.segments}
        tiers = {*queries.words_of(Company.tier), *held.tiers}
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

    def validate_companies(self, _field: Any) -> None:
        """Raises ValidationError for names that no company has."""
        known = queries.ids_of(self.listed())
        unknown = [name for name in self.listed() if name.lower() not in known]
        if unknown:
            raise ValidationError(f"There is no company called {', '.join(unknown[:5])}.")

    def validate_audience(self, field: Any) -> None:
        """Raises ValidationError for a place for chosen companies when none were chosen."""
        if field.data == Audience.COMPANIES and not self.chosen() and not self.companies.errors:
            raise ValidationError("Choose at least one company, segment or tier below.")
