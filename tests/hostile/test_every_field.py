"""Hostile texts through every field of every form, as a browser sends them, and onto the pages that show them."""

import re
from collections import Counter

import pytest
from flask_wtf import FlaskForm
from wtforms import BooleanField, PasswordField

from portal.admin import preparing
from tests.hostile import payloads
from tests.hostile.doors import ASKING, DOORS

TURNS = 2
LONGEST = 1_500
TOO_LONG = 30_000
HARMLESS = [f"{n} harmless words and https://example.com/{n} too" for n in range(1, 40)]
HASH = "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$uHNQ5fD7VXl3jDFqGIp4hQ"
PLAIN = {"title", "reason", "target", "note", "name", "about", "description", "tier", "segment", "owner"}
"""Fields whose words are shown as they were typed."""
PLACES = {
    place: [door for door in DOORS if door.address.split("/")[1] in segments]
    for place, segments in {
        "ideas": ("ideas",),
        "questions": ("questions", "posts", "drafts"),
        "moderation": ("moderation", "exports"),
        "desks": ("admin",),
        "roadmap": ("roadmap",),
        "changelog": ("changelog",),
        "crm": ("crm",),
        "accounts": ("account", "register", "login", "first-admin"),
    }.items()
}
FLAG = {"subject": "idea", "thing_id": "1"}


class Visit:
    """One door with its readers: sends words, and says what a browser makes of the pages that show them."""

    def __init__(self, door, app, as_, cast, ids, shapes):
        self.door, self.shapes = door, shapes
        self.names = ids | {"token": preparing.invite(app.extensions["settings"].folder)}
        cast[door.by].password = HASH
        self.writer = as_(cast[door.by])
        self.reader = as_(cast[door.reader]) if door.reader else self.writer
        self.staff = as_(cast["moderator"]) if door.back else None
        self.turn, self.statuses = 0, Counter()

    def send(self, words):
        """The shapes of the answer and of the pages that show the words."""
        door, names = self.door, self.names
        self.turn += 1
        data = door.data(words, self.turn)
        answer = self.writer.open(door.address.format(**names), method=door.method, data=data)
        self.statuses[answer.status_code] += 1
        assert answer.status_code in {200, 303, 400, 403, 404, 409, 422}, (data, answer.text[-2000:])
        assert answer.location is None or re.match(r"/(?![/\\])", answer.location), answer.location
        pages = [answer.text] if answer.mimetype == "text/html" else []
        if answer.status_code == 303:
            here = answer.location.partition("#")[0]
            pages += [self.reader.get(path.format(here=here, **names)).text for path in door.shown]
        if door.back:
            self.staff.delete(door.back.format(**names), data={"reason": next(iter(words.values()))})
        return self.shapes(*pages)


def usual_of(visit):
    """The most of each kind of element that harmless words bring about, also when they are refused."""
    usual, door = Counter(), visit.door
    # Twice where values take turns, and where what was undone is done again.
    again = door.back or any(isinstance(each, tuple) for each in door.others.values())
    fitting = [
        {name: text[:most] for name, most in door.texts.items()} for text in HARMLESS[: 1 + bool(again)]
    ]
    refused = [dict.fromkeys(door.texts, text) for text in ("x" * 21_000, "")]
    fine = [door.fine] if door.fine else []
    for words in [*fine, *fitting, *refused]:
        for page in visit.send(words):
            assert page.alarms == []
            usual |= page.made
    return usual


def turned(texts, by):
    """The same texts, beginning with another one."""
    by %= len(texts)
    return texts[by:] + texts[:by]


def turns_of(door, texts):
    """What goes through the door, turn by turn: each field has packs of its own; one turn has what is too long."""
    some = payloads.sample(texts, 400)
    packs = {
        name: payloads.packed(turned(some, place * 40), min(most, LONGEST))
        for place, (name, most) in enumerate(door.texts.items())
    }
    for turn in range(TURNS):
        yield {name: packs[name][turn % len(packs[name])] for name in door.texts}
    together = " ".join(some)
    yield dict.fromkeys(door.texts, (together * (TOO_LONG // len(together) + 1))[:TOO_LONG])


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("place", PLACES)
def test_nothing_comes_alive(app, as_, cast, make, things, shapes, texts, place):
    ids = {name: getattr(thing, "id", 0) for name, thing in things.items()}
    for door in PLACES[place]:
        for _ in range(door.comments):
            make.comment(things["idea"])
        pass_through(Visit(door, app, as_, cast, ids, shapes), texts)


def pass_through(visit, texts):
    """What harmless words do not bring about, no words do; and what was taken can be read."""
    door, usual = visit.door, usual_of(visit)
    visit.statuses.clear()
    for words in turns_of(door, texts):
        taken = visit.statuses[303]
        found = visit.send(words)
        for page in found:
            assert page.alarms == [], (door.name, words)
            assert set(page.made) <= set(usual), (door.name, words)
        if visit.statuses[303] > taken:
            hidden = [w for name, w in words.items() if name in PLAIN and not any(p.shows(w) for p in found)]
            assert door.shown == () or hidden == [], door.name
    assert visit.statuses[303] >= TURNS - 1 or not set(door.texts) & PLAIN or not door.shown, door.name


@pytest.mark.only_on("sqlite")
def test_what_stands_in_an_address_is_repeated_as_text(as_, cast, things, shapes, texts):
    packs = payloads.packed(texts, 190)
    for path, names in ASKING.items():
        browser = as_(None if path in {"/login", "/register"} else cast.admin)
        given = FLAG if "flags" in path else {}
        usual = Counter()
        for turn, words in enumerate(["", "harmless words " * 30, *packs[:TURNS]]):
            for page in shapes(*(browser.get(path, query_string=given | {n: words}).text for n in names)):
                assert page.alarms == [], (path, words)
                if turn < 2:
                    usual |= page.made
                assert set(page.made) <= set(usual), (path, words)


def all_forms(kind):
    for each in kind.__subclasses__():
        yield each
        yield from all_forms(each)


def test_every_field_that_repeats_what_was_typed_has_a_door(app):
    known = {(door.form, name) for door in DOORS for name in [*door.texts, *door.others]}
    ours = {each for each in all_forms(FlaskForm) if each.__module__.startswith("portal.")}
    assert sum(map(len, PLACES.values())) == len(DOORS)
    missing = {
        (form.__name__, name)
        for form in ours
        for name in dir(form)
        if repeats(getattr(form, name)) and (form.__name__, name) not in known
    }
    assert len(ours) > 15
    assert missing == set()


def repeats(unbound):
    """Whether this is a field that shows again what was typed into it."""
    kind = getattr(unbound, "field_class", None)
    return kind is not None and hasattr(kind, "_value") and not issubclass(kind, PasswordField | BooleanField)
