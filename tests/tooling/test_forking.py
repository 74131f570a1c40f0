"""Processes that are forked from a loaded portal are like those that start from nothing (tests/forking.py)."""

import os
import random
import signal
import time

import pytest

from tests.forking import environment


@pytest.fixture
def flask(app, settings, launch):
    return launch(settings)


def say(app, *words):
    print(os.getpid(), random.random(), *words)
    print(app.extensions["settings"], sorted(name for name in os.environ if name.startswith("PORTAL_")))


def wait(_app):
    time.sleep(60)


def test_each_has_its_own_number_and_chance_and_the_settings_that_were_given(flask, settings):
    twice = [flask.call(f"{__name__}:say", "one", 2) for _ in range(2)]
    assert [each.end() for each in twice] == [0, 0]
    heads = [each.said().splitlines()[0].split() for each in twice]
    assert [[int(pid), *words] for pid, _, *words in heads] == [[each.pid, "one", "2"] for each in twice]
    assert len({chance for _, chance, *_ in heads}) == 2
    names = sorted(name for name in environment(settings) if name.startswith("PORTAL_"))
    assert twice[0].said().splitlines()[1] == f"{settings} {names}"


def test_a_command_ends_as_it_would_and_a_killed_one_is_dead(flask):
    fine, misspelt = flask.start("crm", "status"), flask.start("crm", "stratus")
    assert (fine.end(), misspelt.end()) == (0, 2)
    assert "No such command 'stratus'" in misspelt.said()
    killed = flask.call(f"{__name__}:wait")
    killed.kill()
    assert killed.end() == -signal.SIGKILL


def test_none_is_left_when_the_tests_of_a_file_are_over(flask):
    left = flask.call(f"{__name__}:wait")
    flask.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(left.pid, 0)
