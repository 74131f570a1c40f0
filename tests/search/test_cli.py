"""The commands of the search."""

import pytest

from portal.activity.excluding import alone


@pytest.fixture
def run(app):
    """`run("status")` is `flask search status`."""
    return lambda *args: app.test_cli_runner().invoke(args=["search", *args])


def test_a_rebuild_makes_the_index_and_status_counts_it(run, make):
    make.comment(make.idea())
    make.idea(hidden_at=make.topic().created_at, hidden_reason="Spam")
    assert run("status").exit_code == 1
    result = run("rebuild")
    assert result.exit_code == 0, result.output
    assert "index of 3 documents" in result.output
    result = run("status")
    assert result.exit_code == 0
    assert result.output.startswith("1 of kind idea, 1 of kind topic, 1 of kind post; 0.0 MB")


def test_it_waits_for_nobody(run, app):
    with alone("search"):
        result = run("rebuild")
    assert result.exit_code == 1
    assert "Try again in a moment" in result.output


def test_status_tells_of_damage(run, app):
    run("rebuild")
    app.extensions["search"].doubt()
    result = run("status")
    assert result.exit_code == 1
    assert "damage" in result.output
