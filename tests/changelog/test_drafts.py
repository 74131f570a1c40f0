"""What is typed into an entry of the changelog is kept, like ideas: over log-out, in two tabs, until it is saved."""

import re

import pytest

from portal.database import db
from portal.discussion.drafts.models import Draft
from portal.ideas.changelog.models import ChangelogEntry
from tests.cast import sign_in

KEY = "e" * 24
TYPED = {
    "key": KEY,
    "version": "0",
    "title": "Rota by fax",
    "body": "It is *there*.",
    "audience": "signed_in",
}


def kept():
    db.session.rollback()
    return db.session.query(Draft).filter(Draft.used_at.is_(None)).order_by(Draft.id).all()


def test_a_new_entry_comes_back_as_it_was_typed(as_, cast, rows):
    manager = as_(cast.product_manager)
    answer = manager.put("/drafts/changelog", data=TYPED)
    (draft,) = kept()
    assert (answer.status_code, answer.location) == (303, f"/changelog/new?draft={draft.id}")
    page = as_(cast.product_manager).get(answer.location).text
    assert 'value="Rota by fax"' in page
    assert "It is *there*.</textarea>" in page
    assert re.search(r'value="signed_in"[^>]*checked|checked[^>]*value="signed_in"', page)
    assert page.count('name="key"') == 1
    assert "Rota by fax" in manager.get("/drafts/").text
    assert manager.post("/changelog/", data=TYPED).status_code == 303
    assert (kept(), rows(ChangelogEntry)) == ([], 1)
    assert manager.htmx("PUT", "/drafts/changelog", data=TYPED).status_code == 200
    assert kept() == [], "a late save of the same form makes no draft again"


def test_changes_of_an_entry_wait_for_who_made_them(as_, cast, make):
    entry = make.entry(title="Offline mode", stage="draft")
    manager, path = as_(cast.product_manager), f"/changelog/{entry.id}"
    typed = TYPED | {"entry": str(entry.id)}
    manager.htmx("PUT", "/drafts/changelog", data=typed)
    (draft,) = kept()
    assert "You began to change this" in manager.get(f"{path}/edit").text
    assert "You began to change this" not in as_(cast.admin).get(f"{path}/edit").text
    assert as_(cast.admin).get(f"{path}/edit?draft={draft.id}").status_code == 404
    page = manager.get(f"{path}/edit?draft={draft.id}").text
    assert 'value="Rota by fax"' in page
    assert f"{path}/edit?draft={draft.id}" in manager.get("/drafts/").text.replace("-offline-mode", "")
    assert manager.put(path, data=typed | {"title": ""}).status_code == 422
    assert len(kept()) == 1
    assert manager.put(path, data=typed).status_code == 303
    assert kept() == []
    assert "You began to change this" not in manager.get(f"{path}/edit").text


def test_two_tabs_of_one_draft_lose_nothing(as_, cast):
    manager = as_(cast.product_manager)
    for version, body in ((0, "first"), (1, "second")):
        manager.htmx("PUT", "/drafts/changelog", data=TYPED | {"version": str(version), "body": body})
    page = manager.htmx(
        "PUT", "/drafts/changelog", data=TYPED | {"version": "1", "body": "from the other tab"}
    ).text
    assert "This draft was changed in another tab." in page
    assert [each.said("body") for each in kept()] == ["second", "from the other tab"]


@pytest.mark.parametrize("is_new", [True, False])
def test_who_was_signed_out_finds_it_after_signing_in(as_, cast, make, is_new):
    entry = make.entry(title="Offline mode", stage="draft")
    browser = as_(None)
    typed = TYPED if is_new else TYPED | {"entry": str(entry.id)}
    sent = (
        browser.post("/changelog/", data=typed)
        if is_new
        else browser.put(f"/changelog/{entry.id}", data=typed)
    )
    assert sent.status_code in (302, 303, 401)
    sign_in(browser, cast.product_manager)
    (draft,) = kept()
    back = browser.get("/drafts/kept").location
    assert back == (
        f"/changelog/new?draft={draft.id}" if is_new else f"/changelog/{entry.id}/edit?draft={draft.id}"
    )
    assert 'value="Rota by fax"' in browser.get(back).text


def test_who_decides_nothing_keeps_no_entries(as_, cast):
    assert as_(cast.customer).put("/drafts/changelog", data=TYPED).status_code == 403
    assert kept() == []


def test_a_script_keeps_it_while_it_is_typed(visit, cast, axe):
    page = visit(cast.product_manager, width=390)
    page.goto("/changelog/new")
    page.fill("[name=title]", "Rota by fax")
    page.fill("[name=body]", "At last")
    page.wait_for_selector("text=Draft saved")
    assert axe(page) == []
    page.goto("/drafts/")
    page.click("a:text('Rota by fax')")
    assert page.input_value("[name=body]") == "At last"
