"""Who may do what, on every route. A route without a row here fails."""

from importlib import import_module
from pathlib import Path

import pytest
from flask import url_for

from tests.cast import ACTORS

TESTS = Path(__file__).parent.parent
ROWS = [
    each
    for path in sorted(TESTS.glob("*/matrix.py"))
    for each in import_module(f"tests.{path.parent.name}.matrix").ROUTES
]
READING = [each for each in ROWS if each.method == "GET"]
WRITING = [each for each in ROWS if each.method != "GET"]
OPEN_TO_ALL = {"static", "whole", "security.fs_static"}


@pytest.fixture
def path(scene, each):
    """The address of a row."""
    # "subject" is a word of its own ("idea", "topic", "post"), not the name of a thing.
    args = {k: v if k == "subject" else scene.things.get(v, v) for k, v in each.args.items()}
    with scene.app.test_request_context():
        return url_for(each.endpoint, **args)


@pytest.mark.parametrize("each", READING, ids=str)
def test_who_may_read(scene, each, path):
    seen = {actor: scene.browser(actor).get(path).status_code for actor in ACTORS}
    assert seen == each.expect


@pytest.mark.parametrize("each", WRITING, ids=str)
def test_who_may_write(scene, each, path):
    seen = {}
    for actor in ACTORS:
        scene.stand()
        seen[actor] = scene.browser(actor).open(path, method=each.method, data=each.data).status_code
    assert seen == each.expect


def test_every_route_is_in_the_matrix(app):
    known = {(each.method, each.endpoint) for each in ROWS}
    missing = {
        (method, rule.endpoint)
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if rule.endpoint not in OPEN_TO_ALL and (method, rule.endpoint) not in known
    }
    assert not missing
