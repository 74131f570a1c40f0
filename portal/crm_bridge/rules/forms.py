"""What may come in about a rule."""

from collections.abc import Mapping
from typing import Any

from wtforms import BooleanField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, NumberRange, Optional

from portal.crm_bridge.models import DEFAULT
from portal.crm_bridge.queries import connection_names
from portal.crm_bridge.rules import queries
from portal.crm_bridge.rules.defining import FITS, FOR, THENS, WHENS, Definition
from portal.crm_bridge.rules.models import Then, When
from portal.discussion.forms import Visible, tidy
from portal.ideas.forms import one_line
from portal.ideas.statuses.queries import set_of
from portal.pages import Form

MOST_WORDS, LONGEST_WORD = 40, 60
NUMBER = {"inputmode": "numeric"}
WITHOUT_THING = frozenset({When.REACHED})
MISSING = "Say this too: the rule needs it."


def _number(label: str, least: int, most: int, description: str = "", **more: Any) -> IntegerField:
    checks = [Optional(), NumberRange(least, most, f"Use a number from {least} to {most:,}.")]
    return IntegerField(label, checks, description=description, render_kw=NUMBER, **more)


def _text(label: str, most: int, description: str = "") -> StringField:
    checks = [Length(max=most, message=f"At most {most} characters.")]
    return StringField(label, checks, filters=[one_line], description=description)


def _list(label: str, most: int, description: str) -> TextAreaField:
    checks = [Length(max=most, message=f"At most {most:,} characters.")]
    return TextAreaField(label, checks, filters=[tidy], description=description, render_kw={"rows": 2})


def _choices(of: Any) -> list[SelectChoice]:
    return [SelectChoice(str(key), words) for key, words in of.items()]


def split(text: str | None) -> tuple[str, ...]:
    """What stands between commas and line ends, each once."""
    parts = (" ".join(part.split()) for part in (text or "").replace("\n", ",").split(","))
    return tuple(dict.fromkeys(part for part in parts if part))


class RuleForm(Form):
    """A rule: when, for whom, what was written, and then."""

    name = StringField("Name", [Visible(most=80, what="name")], filters=[one_line])
    when = RadioField("When", choices=_choices(WHENS), default=When.WRITTEN)
    status = SelectField(
        "Which status it gets", default="", description="Counts when an idea changes its status."
    )
    hours = _number("After how many hours", 1, 2_160, "Counts when a question has no answer.")
    points = _number(
        "Points", 1, 1_000_000, "The number to reach; with other events, what the person has at least."
    )
    times = _number(
        "Only at the N-th time",
        1,
        1_000,
        "Texts about one thing, votes for one idea, questions of one account.",
    )
    days = _number("Within how many days", 1, 366, default=30)
    role = SelectField(
        "Who", choices=_choices({"": "Anybody", "customer": "Customers", "staff": "Staff"}), default=""
    )
    consent = SelectField(
        "Consent to the CRM",
        choices=_choices({"": "Either way", "yes": "Agreed", "no": "Did not agree"}),
        default="",
    )
    voter = BooleanField("Only who voted for an idea")
    tiers = _text("Tiers of the account", 300, "Separated by commas; empty for all.")
    segment = _text("Segment of the account", 80)
    revenue = _number("Revenue in a year, at least", 0, 1_000_000_000, "In the currency of the account.")
    renews_within = _number("Renews within how many days", 0, 1_000)
    owner = _text("Owner of the account", 120)
    words = _list("Words", 2_000, "One of these must be there; separated by commas.")
    risk = BooleanField("Only wording that tells of leaving, such as “cancel” or “switch to”")
    then = RadioField("Then", choices=_choices(THENS), default=Then.TASK)
    note = _list("What to do", 300, "Stands in the task, the case or the mail.")
    tag = _text("Label", 60, "For a label.")
    person_id = SelectField(
        "Who is told or follows", coerce=int, default=0, description="For a mail, or to follow."
    )
    connection = SelectField("CRM connection", default=DEFAULT, description="For a task or a case.")

    def __init__(self, *args: Any, said: Definition | None = None, **kwargs: Any) -> None:
        """`said`: what stands in the form before anybody changed it."""
        values: dict[str, Any] = dict(vars(said)) if said else {}
        values |= {name: ", ".join(getattr(said, name)) for name in ("tiers", "words") if said}
        super().__init__(*args, **values | kwargs)
        statuses = {each.key: each.name for each in set_of(None)}
        self.status.choices = _choices({"": "Any"} | statuses)
        people = [SelectChoice(each.id, each.name) for each in queries.staff()]
        self.person_id.choices = [SelectChoice(0, "Nobody"), *people]
        self.connection.choices = _choices({name: name for name in connection_names()})

    def read(self) -> Definition | None:
        """What was said; None when something is missing or does not fit, and its field says so."""
        if not self.validate_on_submit() or not self._fits():
            return None
        plain = {name: self[name].data for name in ("when", "then", "status", "hours", "points", "role")}
        more = ("consent", "voter", "segment", "revenue", "renews_within", "owner", "risk", "note", "tag")
        plain |= {name: self[name].data for name in more}
        return Definition(
            **plain,
            times=self.times.data or 1,
            days=self.days.data or 30,
            tiers=split(self.tiers.data),
            words=split(self.words.data),
            person_id=self.person_id.data or None,
            connection=self.connection.data,
        )

    def _fits(self) -> bool:
        when, then, words = self.when.data, self.then.data, split(self.words.data)
        wrong = {
            "hours": MISSING if when == When.UNANSWERED and not self.hours.data else "",
            "points": MISSING if when == When.REACHED and not self.points.data else "",
            "tag": MISSING if then == Then.TAG and not self.tag.data else "",
            "person_id": MISSING if then in (Then.MAIL, Then.WATCH) and not self.person_id.data else "",
            "then": "Of points there is no idea or question to label or follow."
            if when in WITHOUT_THING and then in (Then.TAG, Then.WATCH)
            else "",
            "words": _wrong_words(words),
        }
        wrong |= self._unfit(when, FITS, "Leave it empty, or choose another event.")
        wrong |= self._unfit(then, FOR, "Leave it empty, or choose something else to be done.")
        for name, says in wrong.items():
            if says:
                self[name].errors = [says]
        return not any(wrong.values())

    def _unfit(
        self, chosen: str, fits: Mapping[str, tuple[frozenset[Any], str]], then: str
    ) -> dict[str, str]:
        """What was asked for that means nothing with what was chosen."""
        asked = {name: self[name].data for name in fits} | {"times": (self.times.data or 1) > 1}
        return {
            name: f"{says} {then}"
            for name, (those, says) in fits.items()
            if says and asked.get(name) and chosen not in those
        }

    def fitting(self, name: str) -> dict[str, str]:
        """For the script that shows only what fits: with which events, or with what is done, a field does."""
        those = {"data-fits-when": FITS.get(name), "data-fits-then": FOR.get(name)}
        return {key: " ".join(sorted(map(str, fits[0]))) for key, fits in those.items() if fits}


def _wrong_words(words: tuple[str, ...]) -> str:
    if len(words) > MOST_WORDS or any(len(each) > LONGEST_WORD for each in words):
        return f"At most {MOST_WORDS} words of at most {LONGEST_WORD} characters each."
    return ""
