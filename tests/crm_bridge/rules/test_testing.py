"""A rule is tested against what happened before, and does nothing else then."""

from datetime import timedelta

import pytest

from portal import clock
from portal.activity import journal
from portal.activity.events import ReputationChanged
from portal.crm_bridge.rules import keeping, offering, queries, testing
from portal.crm_bridge.rules.models import CrmFiring, CrmRule, CrmRuleChange, CrmRuleTest
from portal.database import db
from portal.errors import NotFound
from tests.crm_bridge.rules.conftest import read, said


def test_it_says_how_often_it_would_have_fired_and_fires_not(boss, make, write, rows):
    idea, person, now = make.idea(), make.person(), clock.now()
    for days, text in ((40, "We cancel."), (20, "We cancel."), (10, "Fine."), (1, "A refund, please.")):
        with clock.at(now - timedelta(days=days)):
            write(person, idea, text)
    found = testing.test(keeping.make("At risk", said(risk=True), by=boss), by=boss)
    assert (found.fired, found.whole) == (2, True)
    assert [each["post_id"] for each in found.examples] == sorted(
        (each["post_id"] for each in found.examples), reverse=True
    )
    read()
    assert rows(CrmFiring) == 0


def test_it_looks_at_so_many_entries_and_says_that_there_were_more(boss, make, write, monkeypatch):
    monkeypatch.setattr(testing, "BATCH", 5)
    monkeypatch.setattr(testing, "MOST", 15)
    idea, person = make.idea(), make.person()
    for _ in range(40):
        write(person, idea, "We cancel.")
    found = testing.test(keeping.make("At risk", said(risk=True), by=boss), by=boss)
    assert (found.looked_at, found.fired, found.whole) == (
        15,
        14,
        False,
    )  # the newest says that the rule was made


def test_points_and_unanswered_questions_are_counted_back(boss, make, ask):
    person, top, now = make.person(reputation=120), make.person(), clock.now()
    for days, points in ((12, 40), (10, 50), (5, 20)):
        with clock.at(now - timedelta(days=days)):
            journal.record(ReputationChanged(actor_id=None, person_id=person.id, points=points))
    with clock.at(now - timedelta(days=3)):
        ask(top)
        soon, late = ask(top), ask(top)
        make.reply(soon, created_at=clock.now() + timedelta(hours=1))
        make.reply(late, created_at=clock.now() + timedelta(hours=30))

    def fired(definition):
        return testing.test(keeping.make("A rule", definition, by=boss), by=boss).fired

    assert fired(said("points_reached", points=100)) == 1
    assert fired(said("points_reached", points=5)) == 0
    assert fired(said("question_unanswered", hours=24)) == 2


def test_no_version_is_on_that_was_not_tested_and_each_change_is_kept(boss, make, rows):
    rule = keeping.make("A rule", said(risk=True), by=boss)
    keeping.switch_on(rule, by=boss)
    keeping.switch_on(rule, by=boss)
    assert rows(CrmRuleTest, rule_id=rule.id, version=1) == 1
    keeping.change(rule, "A rule", said(risk=True, role="customer"), by=boss)
    keeping.change(rule, "A rule", said(risk=True, role="customer"), by=boss)
    assert (rule.version, rule.on_since, queries.last_test(rule)) == (2, None, None)
    keeping.switch_on(rule, by=boss)
    keeping.delete(rule, by=boss)
    acts = [each.act for each in db.session.query(CrmRuleChange).order_by(CrmRuleChange.id)]
    assert acts == ["made", "switched on", "changed", "switched on", "deleted"]
    with pytest.raises(NotFound):
        queries.find(rule.id)


def test_the_ready_made_ones_are_five_and_taken_once(boss, rows):
    assert set(offering.READY) == {"unanswered", "shipped", "at_risk", "advocate", "complaints"}
    for key in offering.READY:
        rule = keeping.take(key, by=boss)
        keeping.switch_on(rule, by=boss)
        assert keeping.take(key, by=boss).id == rule.id
    assert rows(CrmRule) == 5
    keeping.delete(rule, by=boss)
    assert keeping.take(key, by=boss).on_since is None
