"""Declaring: what a vendor says of itself without being loaded: its title, its settings, what it cannot do."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from importlib import import_module

from portal.crm_bridge.gateway import GATEWAYS


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting of a connection. Without a default it must be given; a secret one is encrypted and never shown.

    `label` is how that CRM calls it, `meaning` what it is for, `where` where a person finds the value in that CRM, and
    `example` how one looks. `words` says what each of `choices` means. `kind` is text, number, address (http or https),
    place (a file or folder of this machine), day or lines (a text of several lines). `later`: hardly anybody changes it.
    A number is from `least` to `most`.
    """

    name: str
    meaning: str
    default: str | None = None
    secret: bool = False
    choices: tuple[str, ...] = ()
    kind: str = "text"
    where: str = ""
    label: str = ""
    example: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    later: bool = False
    least: int = 0
    most: int = 999_999_999

    @property
    def required(self) -> bool:
        """Whether there is no connection without it."""
        return self.default is None

    @property
    def title(self) -> str:
        """How pages and documents call it."""
        return self.label or self.name.replace("_", " ").capitalize()


CALLS = (
    Setting(
        "calls_per_day",
        "How many calls a day the CRM grants to everybody who calls it; 0: as many as it answers",
        "0",
        kind="number",
        later=True,
        label="Calls a day",
        example="100000",
    ),
    Setting(
        "calls_share",
        "How many percent of those calls the portal may make; the others are for others",
        "90",
        kind="number",
        least=1,
        most=100,
        later=True,
        label="Our share of the calls",
        example="50",
    ),
    Setting(
        "lag_minutes",
        "Admins get a mail when something waits for longer than so many minutes",
        "60",
        kind="number",
        later=True,
        label="Alarm after",
        example="240",
    ),
)
"""What every vendor takes that is called over a network."""

ENDS = "secret_ends"
"""The setting that says until when the secret of a connection is good."""


def ends(what: str, where: str) -> Setting:
    """That setting, of a CRM whose secrets end."""
    meaning = f"Until when {what} is good; admins get a mail 30 days before. Empty: it does not end"
    return Setting(ENDS, meaning, "", kind="day", where=where, label="Good until", example="2027-03-01")


PULLS = (
    Setting(
        "currency",
        "Of revenue and deals for which the CRM names no currency; empty: the house currency",
        "",
        later=True,
        label="Currency of amounts",
        example="USD",
    ),
    Setting(
        "hook_secret",
        "Verifies what the CRM says when something changes there; empty: changes are only looked for every few minutes",
        "",
        secret=True,
        later=True,
        label="Secret of its messages",
        where="where that CRM is told to send messages; docs/crm.md says how for each of them",
        example="whsec_…",
    ),
)
"""What every vendor takes from which something is read."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a vendor is. `says` is for whoever looks which one to take. `names` says per kind how the CRM calls our fields where it differs by default,
    and `yields` which of them are by default the CRM's wherever something stands there.

    `canonical`: it takes canonical records whole, so there are no fields to map. `pulls` says per kind which of the
    CRM's own fields are read by default, and what each stands for here; without any there is nothing to read.
    `pages` says per kind where people see a
    record there: the name of the setting with the address of that, and what follows it, with `{id}` and names of settings;
    all of them must be set.
    `name_form`: what the name of a field that we write looks like there. `pull_minutes`: so often the worker reads. `listens` is what understands the messages that the CRM sends.
    """

    title: str
    says: str = ""
    settings: tuple[Setting, ...] = ()
    reads_back: bool = True
    canonical: bool = False
    of_tests: bool = False
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    yields: Mapping[str, Collection[str]] = field(default_factory=dict)
    name_form: str = ".*"
    pulls: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    pull_minutes: int = 5
    pages: Mapping[str, str] = field(default_factory=dict)
    listens: str = "portal.crm_bridge.calling.listening"

    @property
    def defaults(self) -> dict[str, str]:
        """The settings that need not be given, with what counts then."""
        return {each.name: each.default for each in self.settings if each.default is not None}

    @property
    def calls(self) -> bool:
        """Whether the CRM is called over a network."""
        return CALLS[0] in self.settings


def declaration(vendor: str) -> Declaration:
    """What a vendor declares, from `declaration.py` of its folder. KeyError for one that is not registered."""
    folder = GATEWAYS[vendor].partition(":")[0].rpartition(".")[0]
    declared: Declaration = import_module(f"{folder}.declaration").DECLARATION
    return declared
