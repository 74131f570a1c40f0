"""Pairs: what is new is looked for once, staff merge or dismiss, and what is decided stays so."""

import re

import pytest
from playwright.sync_api import expect

from portal.database import db
from portal.errors import NotAllowed
from portal.ideas.merging.joining import merge
from portal.ideas.merging.separating import part
from portal.ideas.models import Idea
from portal.ideas.submitting import submit
from portal.search.pairs import cli, pairing, queries
from portal.search.pairs.models import Pair, Unpaired
from tests.ideas.reading import shown


@pytest.fixture
def two(make, cast, catch_up, app):
    """Two ideas that say the same, found by the worker."""
    board = make.board(name="Mobile")
    for title in ("Export the calendar to a file", "Calendar export to a file", "Dark colours at night"):
        submit(board=board, by=cast.customer, title=title, body="Please.")
    catch_up()
    found = cli.look(app.extensions["search"])
    return found, db.session.query(Pair).one()


def test_the_worker_finds_a_pair_once(two, app, rows):
    found, pair = two
    assert (found, pair.outcome, rows(Unpaired)) == (1, None, 0)
    pairing.keep(pair.other_id, {pair.one_id: 0.9})
    assert rows(Pair) == 1


def test_staff_merge_from_the_list(two, as_, cast, rows):
    browser = as_(cast.moderator)
    assert "Calendar export to a file" in shown(browser.get("/ideas/pairs/"))
    assert browser.put(f"/ideas/pairs/{two[1].id}/merging").status_code == 303
    pair = db.session.get(Pair, two[1].id)
    assert (pair.outcome, pair.decided_by_id) == ("merged", cast.moderator.id)
    assert "Nothing to merge" in shown(browser.get("/ideas/pairs/"))
    assert browser.put(f"/ideas/pairs/{pair.id}/merging").status_code == 303


def test_what_is_dismissed_stays_dismissed(two, as_, cast, catch_up, app):
    browser = as_(cast.product_manager)
    assert browser.put(f"/ideas/pairs/{two[1].id}/dismissal").status_code == 303
    db.session.add(Unpaired(idea_id=two[1].other_id))
    db.session.commit()
    assert cli.look(app.extensions["search"]) == 0
    assert "Nothing to merge" in shown(browser.get("/ideas/pairs/"))
    assert db.session.get(Pair, two[1].id).decided_by_id == cast.product_manager.id


def test_what_was_parted_is_not_suggested_again_until_staff_want_it(two, as_, cast, catch_up, app):
    """However it was merged: by hand, not from the list; and also when it is looked for anew."""
    browser, pair = as_(cast.product_manager), two[1]
    one, other = (db.session.get(Idea, key) for key in (pair.one_id, pair.other_id))
    merge(one, other, by=cast.moderator)
    catch_up()
    assert db.session.get(Pair, two[1].id).outcome == "merged"
    part(one, by=cast.moderator)
    catch_up()
    db.session.add(Unpaired(idea_id=one.id))
    db.session.commit()
    assert cli.look(app.extensions["search"]) == 0
    assert "Nothing to merge" in shown(browser.get("/ideas/pairs/"))
    page = shown(browser.get("/ideas/pairs/?list=dismissed"))
    assert f"“Not the same”, said {cast.moderator.name}" in page
    for _ in range(2):
        assert browser.delete(f"/ideas/pairs/{two[1].id}/dismissal").status_code == 303
    catch_up()
    assert "Calendar export to a file" in shown(browser.get("/ideas/pairs/"))
    assert "Nothing was dismissed" in shown(browser.get("/ideas/pairs/?list=dismissed"))


def test_two_that_nobody_suggested_are_not_suggested_once_they_were_parted(make, cast, catch_up, app):
    """Also not with the idea that was chosen, when that counts for another one by now."""
    chosen, top, source = (make.idea(title=f"Wish {n}", board=make.board()) for n in range(3))
    merge(source, chosen, by=cast.moderator)
    merge(chosen, top, by=cast.moderator)
    part(source, by=cast.moderator)
    part(chosen, by=cast.moderator)
    catch_up()
    for other in (chosen, top):
        assert pairing.keep(source.id, {other.id: 0.9}) == 0
    assert queries.waiting() == []


def test_suggested_again_it_stays_so_when_one_of_them_is_parted_from_a_third(make, cast, catch_up):
    board = make.board()
    idea, first, second = (make.idea(board=board) for _ in range(3))

    def merge_and_part(other):
        merge(idea, other, by=cast.moderator)
        part(idea, by=cast.moderator)
        db.session.commit()
        catch_up()

    merge_and_part(first)
    pair = db.session.query(Pair).one()
    assert pairing.suggest_again(pair, by=cast.moderator)
    merge_and_part(second)
    db.session.expire_all()
    assert pair.outcome is None
    assert db.session.query(Pair).filter_by(outcome="dismissed").one().other_id == second.id


def test_customers_decide_nothing(two, cast):
    with pytest.raises(NotAllowed):
        pairing.dismiss(two[1], by=cast.customer)


def test_comments_that_say_what_a_title_says_keep_nobody_from_looking(make, cast, catch_up, app):
    board = make.board()
    idea = make.idea(title="Something else", board=board)
    make.comment(idea, author=cast.customer, body="Export the calendar to a file, please.")
    submit(board=board, by=cast.customer, title="Export the calendar to a file", body="Please.")
    catch_up()
    assert cli.look(app.extensions["search"]) == 0
    assert not db.session.query(Unpaired).count()


def test_the_list_costs_the_same_however_many_pairs_there_are(two, as_, make, cast, at_most):
    browser = as_(cast.product_manager)
    with at_most(queries=4) as few:
        assert browser.get("/ideas/pairs/").text.count("Would be merged") == 1
    for n in range(12):
        one, other = (make.idea(title=f"Wish {n} {word}", board=make.board()) for word in ("now", "soon"))
        pairing.keep(other.id, {one.id: 0.9})
    db.session.commit()
    with at_most(queries=len(few)):
        assert browser.get("/ideas/pairs/").text.count("Would be merged") == 13


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_from_a_suggestion_to_a_merge_and_back(two, visit, cast, axe, script):
    staff, reader = visit(cast.product_manager, script=script), visit(cast.customer, script=script, width=390)
    staff.goto("/ideas/pairs/")
    if script:
        assert axe(staff) == []
    staff.click("text=Show what changes")
    expect(staff.get_by_role("heading", level=1)).to_have_text("What merging changes")
    source, target = re.search(r"/ideas/(\d+)[^/]*/merging\?into=(\d+)", staff.url).groups()
    if script:
        assert axe(staff) == []
    staff.get_by_label("Why").fill("The same wish")
    staff.get_by_role("button", name="Merge").click()
    expect(staff.locator("main")).to_contain_text("Both count as one idea now.")
    expect(staff.locator("aside")).to_contain_text("by Mira Kovač: The same wish")
    # A reader with the old address is led there, and told why.
    reader.goto(f"/ideas/{source}")
    reader.wait_for_url(f"**/ideas/{target}-*?merged={source}")
    expect(reader.locator("main")).to_contain_text("merged both on")
    assert reader.evaluate("document.documentElement.scrollWidth") <= 390
    staff.goto("/ideas/pairs/")
    expect(staff.locator("main")).to_contain_text("Nothing to merge")
    staff.goto(f"/ideas/{target}")
    staff.click("text=Part it")
    staff.get_by_label("Why").fill("Two wishes after all")
    staff.get_by_role("button", name="Part them").click()
    expect(staff.locator("main")).to_contain_text("It stands for itself again, with its own votes.")
    staff.click("text=Parted again")
    expect(staff.locator("aside")).to_contain_text("by Mira Kovač: Two wishes after all")
    reader.goto(f"/ideas/{source}")
    expect(reader).to_have_url(re.compile(rf"/ideas/{source}$"))
