"""What stands behind a wall shows nowhere else: every page and fragment, as everybody who is not staff."""

import pytest
from flask import url_for

from portal import pages
from portal.database import db
from tests import world
from tests.cast import ACTORS
from tests.house_rules.test_visibility_matrix import READING

OUTSIDERS = ("stranger", "customer", "other_customer")
FRAGMENT = {"HX-Request": "true"}
ASKING = (
    "/search?q=marsupial",
    "/search?q=marsupial&kind=ideas",
    "/search?q=marsupial&kind=replies",
    "/search?q=customer",
    "/search/similar?title=marsupial",
    "/share?title=marsupial",
    "/ideas/?text=marsupial",
    "/ideas/?sort=new",
    "/ideas/?sort=top&status=open",
    "/ideas/?mine=voted",
    "/ideas/?mine=written",
    *(f"/search?q={word}" for word in ("echidna", "kowari", "dunnart")),
    *(f"/ideas/?text={word}" for word in ("echidna", "kowari", "dunnart")),
    "/ideas/new",
)


@pytest.fixture
def walled(make, cast, catch_up, app):
    """The world with its walls, all of it in the search."""
    things = world.build(make, cast)
    things |= world.build_walled(make, cast, things)
    db.session.commit()
    app.extensions["search"].doubt()
    catch_up()
    return things


def addresses(app, things):
    """Every page there is by plain numbers, and those of ideas also for each idea behind a wall."""
    found = set(ASKING)
    walls = [{}, *({"idea_id": name, "post_id": f"{name}_comment"} for name in world.WALLED)]
    with app.test_request_context():
        for each in READING:
            # Leaving would end the walk.
            if each.endpoint != "security.logout":
                found |= {_path(each, things, wall) for wall in walls}
                found |= {_path(each, things, {"board": f"{name}_board"}) for name in world.WALLED}
    return sorted(found)


def _path(each, things, wall):
    named = {key: wall.get(key, value) for key, value in each.args.items()}
    found = {key: things.get(value, value) if key != "subject" else value for key, value in named.items()}
    return url_for(each.endpoint, **{key: getattr(value, "id", value) for key, value in found.items()})


def said(answer):
    """All that came back, in small letters."""
    return (answer.text if answer.mimetype.startswith("text/") else "").lower() + str(answer.headers).lower()


@pytest.fixture
def asked_for_a_fragment(monkeypatch):
    """Whether an answer looked at what htmx sends: only such an address can answer it in another way."""
    asked, wants_fragment = [], pages.wants_fragment
    monkeypatch.setattr(pages, "wants_fragment", lambda: asked.append(True) or wants_fragment())

    def was_asked():
        found = bool(asked)
        asked.clear()
        return found

    return was_asked


def texts_of(browser, path, asked_for_a_fragment):
    """What the page says, and the fragment where there is one. That of a refusal is a part of its page."""
    answer = browser.get(path)
    yield said(answer)
    if asked_for_a_fragment() and answer.status_code < 400:
        yield said(browser.get(path, headers=FRAGMENT))


def shown_to(browser, paths, asked_for_a_fragment):
    """The secret words that each address gave away."""
    for path in paths:
        for text in texts_of(browser, path, asked_for_a_fragment):
            yield from ((name, path) for name, word in world.WORDS.items() if word in text)
            if world.NOTED in text:
                yield "noted", path
            yield from ((f"filed for {circle}", path) for circle, word in world.FILED.items() if word in text)


def test_what_is_behind_a_wall_shows_nowhere(app, as_, cast, walled, asked_for_a_fragment):
    paths = addresses(app, walled)
    may = world.WALLED | {"filed for everybody": OUTSIDERS, "filed for author": {"customer"}}
    for actor in OUTSIDERS:
        found = list(shown_to(as_(cast[actor]), paths, asked_for_a_fragment))
        # An address that asks for a word repeats it.
        leaks = {
            (n, p)
            for n, p in found
            if actor not in may.get(n, ()) and world.FILED.get(n.split()[-1], "-") not in p
        }
        assert sorted(leaks) == [], actor
        assert {name for name, _ in found} >= {name for name, who in may.items() if actor in who}, actor
        seen = {name for name, path in found if path.startswith(("/search?q=marsupial", "/ideas/?sort=new"))}
        assert seen == {name for name, who in world.WALLED.items() if actor in who}, actor


SURFACES = (
    ("GET", "ideas.show", {}, {}, {200}),
    ("GET", "ideas.show_post", {"post_id": "comment"}, {}, {302}),
    ("GET", "ideas.index", {"board": "board"}, {}, {200}),
    ("GET", "discussion.comments", {"post_id": "comment"}, {}, {200}),
    ("PUT", "ideas.put_vote", {}, {}, {303}),
    ("DELETE", "ideas.delete_vote", {}, {}, {303}),
    ("POST", "ideas.create_comment", {}, {"body": "Yes"}, {303}),
    ("PUT", "ideas.put_idea", {}, {"title": "Marsupial", "body": "Marsupial"}, {303, 403}),
    ("GET", "moderation.new_flag", {"thing_id": ""}, {"subject": "idea"}, {200}),
    ("GET", "moderation.new_flag", {"thing_id": "comment"}, {"subject": "post"}, {200}),
    # One's own things are not flagged.
    ("POST", "moderation.create_flag", {"thing_id": ""}, {"subject": "idea", "reason": "spam"}, {303, 403}),
    (
        "POST",
        "moderation.create_flag",
        {"thing_id": "comment"},
        {"subject": "post", "reason": "spam"},
        {303, 403},
    ),
)
"""Method, endpoint, the ids in it, what is sent, and what those get who see the idea."""


def test_nothing_is_mailed_and_who_may_do_what_behind_a_wall(app, as_, cast, walled, settings):
    """Every actor on every surface of every such idea; one whom the wall keeps out learns nothing."""
    mails = "".join(path.read_text() for path in (settings.folder / "mail").glob("*")).lower()
    assert [word for word in world.WORDS.values() if word in mails] == []
    for actor in ACTORS:
        browser = as_(cast[actor])
        for name, seen_by in world.WALLED.items():
            for method, endpoint, ids, data, fine in SURFACES:
                path, sent = _request(app, walled, name, endpoint, ids, data)
                got = browser.open(path, method=method, data=sent if method != "GET" else None).status_code
                # Nobody but who signed in is even told that there is nothing.
                shut = {404} if actor != "stranger" else {404, 401, 302}
                # A board where each sees their own is known to all; its ideas are not.
                known = actor in seen_by or (name == "own_idea" and endpoint == "ideas.index")
                assert got in (fine if known else shut), (actor, name, method, path)
                assert got != 404 or not known


def _request(app, things, name, endpoint, ids, data):
    numbers = {key: things[f"{name}_{part}" if part else name].id for key, part in ids.items()}
    if endpoint.startswith("ideas.") and endpoint != "ideas.index":
        numbers["idea_id"] = things[name].id
    sent = data | {"thing_id": numbers["thing_id"]} if "thing_id" in numbers else data
    with app.test_request_context():
        return url_for(
            endpoint, **numbers, **({"subject": data["subject"]} if "subject" in data else {})
        ), sent
