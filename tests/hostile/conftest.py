"""The judge, and the texts that come before it."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from flask import url_for

from portal.app import create_app
from portal.database import db
from tests import reading_rows
from tests.cast import hash_cheaply
from tests.hostile import payloads
from tests.hostile.oracle import Shape
from tests.services import shared_folder

LONG = "A text that took me half an hour to write. " * 20
IDEA = {"title": "Offline mode", "body": LONG, "board": "1"}


SAFE = "Everything that was saved before is safe"


def says_so(answer, *, keeps=False):
    """Fails unless the answer is a refusal that promises nothing, says when to come back, and keeps LONG."""
    assert answer.status_code == 503
    assert SAFE in answer.text
    assert int(answer.headers["Retry-After"]) > 0
    assert not keeps or LONG.strip() in answer.text


@pytest.fixture
def things(make, cast, _scene):
    """The small community of tests/world.py."""
    return _scene.lend(make, cast)


@pytest.fixture
def ines(as_, cast, things):
    """The browser of a customer who wrote most of it."""
    return as_(cast.customer)


@pytest.fixture
def path_of(app, things, _scene):
    """`path_of(row)`: the address of a row of the visibility matrix."""

    def path(row):
        # "subject" is a word of its own ("idea", "topic", "post"), not the name of a thing. Those of the scene are of no
        # session, which would read each of them anew after each request.
        args = {k: v if k == "subject" else _scene.things.get(v, v) for k, v in row.args.items()}
        with app.test_request_context():
            return url_for(row.endpoint, **args)

    return path


@pytest.fixture
def everything(app):
    """`everything()`: every row of every table."""

    def read():
        db.session.rollback()
        held = {name: list(map(repr, rows)) for name, rows in reading_rows.of_all(db.session.connection())}
        db.session.rollback()
        return held

    return read


@pytest.fixture
def portal_at(settings):
    """`portal_at(https=True)`: another app over the same database."""
    made = []

    def build(**changes):
        app = create_app(replace(settings, **changes))
        app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False)
        hash_cheaply(app)
        made.append(app)
        return app

    yield build
    for app in made:
        with app.app_context():
            db.engine.dispose()


@pytest.fixture(scope="session")
def shapes(chromium):
    """`shapes(html, …)`: what a browser makes of each page, without running it."""
    page = chromium.new_page()
    source = (Path(__file__).parent / "shape.js").read_text()

    def look(*pages: str) -> list[Shape]:
        return [
            Shape(Counter(each["made"]), Counter(each["written"]), each["text"])
            for each in page.evaluate(source, list(pages))
        ]

    yield look
    page.close()


@pytest.fixture(scope="session")
def own():
    return payloads.own()


@pytest.fixture(scope="session")
def collected(shared):
    return payloads.collected(shared)


@pytest.fixture(scope="session")
def texts(own):
    """Some of ours and, where they are, some of the collections."""
    beside = shared_folder()
    more = payloads.collected(beside) if beside.is_dir() else []
    return payloads.sample(payloads.sample(own, 150) + payloads.sample(more, 450), 600)
