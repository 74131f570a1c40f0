"""Rules and what they did, for those who may see customer records."""

from typing import Any

from flask import Response, flash, request, url_for

from portal import clock, pages
from portal.activity.cli import current_jobs
from portal.crm_bridge.rules import acting, describing, keeping, offering, queries, testing
from portal.crm_bridge.rules.defining import Definition
from portal.crm_bridge.rules.forms import RuleForm
from portal.crm_bridge.rules.models import CrmRule, FiringState
from portal.crm_bridge.views import crm_bridge, sees_records
from portal.database import db

ACT, SEND = "act_by_rules", "send_of_rules"
"""The chore of the worker."""


@crm_bridge.get("/rules/")
@sees_records
def list_rules() -> Response:
    rules = queries.rules()
    taken = {rule.ready for rule, _ in rules}
    ready = [each for key, each in offering.READY.items() if key not in taken]
    return pages.page(
        "crm_bridge/rules/index.html", rules=rules, ready=ready, words=_words, counts=queries.counts()
    )


def _words(said: Definition | dict[str, Any]) -> list[tuple[str, str]]:
    read = said if isinstance(said, Definition) else Definition.read(said)
    people = {read.person_id} if read.person_id else set()
    return describing.lines(read, queries.names(people, set())[0])


@crm_bridge.get("/rules/new")
@sees_records
def new_rule() -> Response:
    return _form(RuleForm(formdata=None))


def _form(form: RuleForm, rule: CrmRule | None = None, status: int = 200) -> Response:
    return pages.page("crm_bridge/rules/edit.html", status, form=form, rule=rule)


@crm_bridge.post("/rules/")
@sees_records
def create_rule() -> Response:
    form = RuleForm()
    said = form.read()
    if said is None:
        return _form(form, status=422)
    rule = keeping.make(form.name.data, said, by=pages.viewer())
    db.session.commit()
    flash("The rule is saved, and switched off. Test it against what happened before.", "good")
    return pages.go(url_for(".show_rule", rule_id=rule))


@crm_bridge.get("/rules/<slugged:rule_id>")
@sees_records
def show_rule(rule_id: int) -> Response:
    rule = queries.find(rule_id)
    test = queries.last_test(rule)
    firings = queries.firings(None, rule.id).rows[: queries.SHOWN]
    return pages.page(
        "crm_bridge/rules/show.html",
        rule=rule,
        lines=_words(rule.definition),
        test=test,
        examples=_examples(test.examples if test else []),
        changes=queries.changes(rule),
        **_listed(firings),
    )


def _examples(examples: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Examples of a test as they may be read today: names and titles, hidden ones without."""
    found = [testing.Example(n, each) for n, each in enumerate(examples)]
    titles = acting.titles_of(found)
    people, companies = queries.names(
        {each.person_id for each in found if each.person_id},
        {each.company_id for each in found if each.company_id},
    )
    return [
        {"of": each, "title": titles.get(each.id), "person": people.get(each.person_id or 0)}
        | {"company": companies.get(each.company_id or 0)}
        for each in found
    ]


def _listed(firings: Any) -> dict[str, Any]:
    return {
        "firings": firings,
        "titles": acting.titles_of(firings),
        "states": describing.STATES,
        "acts": describing.ACTS,
        "now": clock.now(),
    }


@crm_bridge.get("/rules/<slugged:rule_id>/edit")
@sees_records
def edit_rule(rule_id: int) -> Response:
    rule = queries.find(rule_id)
    return _form(RuleForm(formdata=None, name=rule.name, said=Definition.read(rule.definition)), rule)


@crm_bridge.put("/rules/<slugged:rule_id>")
@sees_records
def put_rule(rule_id: int) -> Response:
    rule, form = queries.find(rule_id), RuleForm()
    said = form.read()
    if said is None:
        return _form(form, rule, 422)
    keeping.change(rule, form.name.data, said, by=pages.viewer())
    db.session.commit()
    flash("The rule is saved. Another version is off until you switch it on.", "good")
    return pages.go(url_for(".show_rule", rule_id=rule))


@crm_bridge.delete("/rules/<slugged:rule_id>")
@sees_records
def delete_rule(rule_id: int) -> Response:
    keeping.delete(queries.find(rule_id), by=pages.viewer())
    db.session.commit()
    flash("The rule is deleted. What it did stays in the list of firings.", "good")
    return pages.go(url_for(".list_rules"))


@crm_bridge.post("/rules/<slugged:rule_id>/tests")
@sees_records
@pages.limiter.limit("20/minute")
def create_test(rule_id: int) -> Response:
    rule = queries.find(rule_id)
    testing.test(rule, by=pages.viewer())
    db.session.commit()
    return pages.go(url_for(".show_rule", rule_id=rule, _anchor="test"))


@crm_bridge.put("/rules/<slugged:rule_id>/switch")
@sees_records
@pages.limiter.limit("20/minute")
def put_switch(rule_id: int) -> Response:
    rule = queries.find(rule_id)
    keeping.switch_on(rule, by=pages.viewer())
    db.session.commit()
    flash("The rule is on. It fires at what happens from now on.", "good")
    return pages.go(url_for(".show_rule", rule_id=rule))


@crm_bridge.delete("/rules/<slugged:rule_id>/switch")
@sees_records
def delete_switch(rule_id: int) -> Response:
    rule = queries.find(rule_id)
    keeping.switch_off(rule, by=pages.viewer())
    db.session.commit()
    flash("The rule is off. What it did stays.", "good")
    return pages.go(url_for(".show_rule", rule_id=rule))


@crm_bridge.put("/rules/ready/<key>")
@sees_records
@pages.limiter.limit("20/minute")
def put_ready(key: str) -> Response:
    """Take a ready-made rule, test it, and with `on` switch it on."""
    rule = keeping.take(key, by=pages.viewer())
    if request.form.get("on"):
        keeping.switch_on(rule, by=pages.viewer())
    elif queries.last_test(rule) is None:
        testing.test(rule, by=pages.viewer())
    db.session.commit()
    flash("The rule is tested and on." if rule.on_since else "The rule is tested, and off.", "good")
    return pages.go(url_for(".show_rule", rule_id=rule, _anchor="test"))


@crm_bridge.get("/firings")
@sees_records
def list_firings() -> Response:
    asked, state = request.args.get("rule", ""), request.args.get("state", "")
    rule_id = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 19 else None
    page = queries.firings(request.args.get("page"), rule_id, state)
    listed = _listed(page.rows)
    return pages.page("crm_bridge/rules/firings.html", page=page, rule_id=rule_id, state=state, **listed)


@crm_bridge.put("/firings/<int:firing_id>/retry")
@sees_records
def put_retry(firing_id: int) -> Response:
    keeping.retry(queries.firing(firing_id), by=pages.viewer())
    db.session.commit()
    for chore in (ACT, SEND):
        current_jobs().ask(chore)
    flash("It is tried again now. Load this page again in a moment.", "good")
    return pages.go(url_for(".list_firings", state=FiringState.WAITING))


@crm_bridge.put("/firings/<int:firing_id>/done")
@sees_records
def put_done(firing_id: int) -> Response:
    keeping.end(queries.firing(firing_id), by=pages.viewer())
    db.session.commit()
    return pages.go(url_for(".list_firings", state=FiringState.OPEN))
