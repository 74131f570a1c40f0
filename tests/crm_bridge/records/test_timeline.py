"""The timeline of a record: all that somebody did and what became of it, in order, a page at a time."""

import re

import pytest

from portal.accounts.models import Company
from portal.crm_bridge.marking import CrmReader
from portal.crm_bridge.models import CrmInteraction, CrmLink
from portal.crm_bridge.pulling.models import CrmPulled
from portal.crm_bridge.records import ordering
from portal.crm_bridge.records.recounting import KINDS, SOURCES, Whose
from portal.database import db
from portal.discussion import writing
from portal.discussion.models import Post
from portal.ideas.models import Idea
from portal.moderation import hiding
from portal.voting import casting
from tests.crm_bridge.following import catch_up
from tests.factories import EPOCH

TOLD = {
    "ideas": ["status", "idea"],
    "votes": ["removed", "vote_added", "withdrawn", "vote_for", "vote_for"],
    "comments": ["comment"],
    "questions": ["question"],
    "answers": ["accepted", "answer"],
    "cases": ["act_hide", "flag"],
    "complaints": ["appeal", "declined"],
    "account": ["joined"],
}


def words(page):
    return [line.row.word for line in page.rows]


def test_what_was_hidden_since_it_was_written_is_read_on_no_record(lived, pm, cast, ines, run):
    """Until the next push the ledger names it; product managers read nothing that is hidden."""
    assert run("crm", "push").exit_code == 0
    pages = {f"/crm/people/{ines.id}": "Offline mode", f"/crm/companies/{cast.company.id}": "Dark side"}
    for page, title in pages.items():
        assert title in pm.get(page).get_data(as_text=True)
    for idea in (lived["idea"], lived["dark"]):
        hiding.hide(db.session.get_one(Idea, idea.id), by=cast.moderator, reason="Names a customer")
        db.session.commit()
    catch_up(CrmReader())
    for page, title in pages.items():
        pm.post(f"{page}/readings", data={"connection": "embedded"})
        text = pm.get(page).get_data(as_text=True)
        assert title not in text, page
        assert "an idea was hidden since" in text
    run("crm", "push")
    assert "an idea was hidden since" not in pm.get(f"/crm/people/{ines.id}").get_data(as_text=True)


def test_each_kind_tells_its_own_the_newest_first(ines, lived):
    whose = Whose(person_id=ines.id)
    assert {kind: words(ordering.page(whose, kind)) for kind in TOLD} == TOLD
    everything = words(ordering.page(whose))
    assert sorted(everything) == sorted(word for told in TOLD.values() for word in told)
    assert everything[:3] == ["status", "appeal", "declined"]
    assert {source.kind for source in SOURCES} == set(KINDS)


def test_the_page_says_it_in_words_and_hides_what_is_hidden(pm, ines, lived):
    page = pm.get(f"/crm/people/{ines.id}").text
    for said in (
        *(
            "Voted for",
            "Took back the vote on",
            "Got a vote from staff for",
            "Lost the vote that staff had added for",
            "after a call",
            "Blue skies",
        ),
        *("Press P", "Was let down: declined is", "Too rare", "rude", "Health talk", "Still wants"),
    ):
        assert said in page, said
    assert "My eyes hurt" not in page
    assert "A hidden text" in page
    votes = pm.get(f"/crm/people/{ines.id}?kind=votes").text
    assert "Dark side" in votes
    assert "Press P" not in votes
    assert "Press P" in pm.get(f"/crm/people/{ines.id}?kind=nonsense").text


def test_pages_follow_one_another_without_a_gap_or_a_double(pm, make, ines, lived):
    idea = make.idea()
    with make.in_one_transaction():
        for number in range(65):
            # Many at one moment: only the number of the row tells them apart.
            make.comment(idea, author=ines, created_at=EPOCH, body=f"Comment number-{number}-")
    address, seen, steps = f"/crm/people/{ines.id}?kind=comments", [], []
    while address:
        steps.append(address)
        page = pm.get(address).text
        seen += re.findall("number-([0-9]+)-", page)
        older = re.search('rel="next" href="([^"#]*)', page)
        address = older and older[1].replace("&amp;", "&")
    assert seen == [str(number) for number in reversed(range(65))]
    assert len(steps) == 3
    back = re.search('rel="prev" href="([^"#]*)', pm.get(steps[2]).text)[1].replace("&amp;", "&")
    assert re.findall("number-([0-9]+)-", pm.get(back).text) == seen[29:59]
    assert pm.get(f"/crm/people/{ines.id}?cursor=made-up").status_code == 400


def test_a_company_has_the_timeline_of_all_its_people(pm, make, cast, ines, lived):
    make.comment(lived["idea"], author=make.person(name="Uma Noor", company=cast.company), body="Me too")
    make.comment(lived["idea"], author=cast.other_customer, body="Not of them")
    page = pm.get(f"/crm/companies/{cast.company.id}").text
    for said in (
        "Uma Noor",
        "Me too",
        "Press P",
        "asked for",
        "Wanted most",
        "Open ideas of theirs",
        "Blue skies",
    ):
        assert said in page, said
    assert "Not of them" not in page
    numbers = dict(re.findall("<dt>([a-z]+)</dt><dd>([0-9]+)</dd>", page))
    assert numbers == {"people": "2", "votes": "3", "ideas": "1"}


def test_what_was_told_stands_in_a_list_of_its_own_with_the_state_of_each_crm(
    pm, run, make, ines, second, vote
):
    run("crm", "push")
    run("crm", "push", "--connection", second)
    idea = make.idea(title="Offline mode")
    vote(ines, idea)
    writing.write(idea, by=ines, body="Wanted badly")
    db.session.commit()
    run("crm", "push")
    catch_up(CrmReader())
    [told] = db.session.query(CrmInteraction).filter_by(connection=second)
    told.state, told.message = "quarantined", "<i>No room</i> for notes"
    link = db.session.query(CrmLink).filter_by(connection="embedded", entity="vote").one()
    link.state, link.message = "retry", "Locked by <b>Sam</b>"
    page = pm.get(f"/crm/people/{ines.id}?kind=told").text
    for said in (
        "Not taken by sales",
        "&lt;i&gt;No room&lt;/i&gt; for notes",
        "in embedded since",
        "In quarantine",
    ):
        assert said in page, said
    assert "Locked by &lt;b&gt;Sam&lt;/b&gt;" in pm.get(f"/crm/people/{ines.id}?kind=votes").text
    assert "Not taken by the CRM" in page


def test_over_each_connection_stands_what_was_written(pm, run, ines, second):
    run("crm", "push")
    page = pm.get(f"/crm/people/{ines.id}").text
    assert 'id="over-embedded"' in page
    assert 'id="over-sales"' in page
    assert page.count("In step with the CRM") == 1
    run("crm", "push", "--connection", second)
    assert pm.get(f"/crm/people/{ines.id}").text.count("In step with the CRM") == 2


@pytest.mark.parametrize("much", [1, 40])
def test_it_needs_as_many_queries_for_much_as_for_little(
    pm, run, make, cast, ines, lived, second, at_most, much
):
    with make.in_one_transaction():
        board = make.board()
        for number in range(much):
            idea = make.idea(board=board, author=ines)
            casting.cast(idea, by=ines)
            make.comment(idea, author=ines, body=f"Comment {number}")
    db.session.commit()
    run("crm", "push")
    run("crm", "push", "--connection", second)
    with at_most(queries=10):
        assert pm.get(f"/crm/people/{ines.id}").status_code == 200
    with at_most(queries=11):
        assert pm.get(f"/crm/companies/{cast.company.id}").status_code == 200


def test_who_has_no_name_any_more_has_no_timeline(pm, ines, lived):
    ines.erased_at, ines.email = EPOCH, None
    page = pm.get(f"/crm/people/{ines.id}").text
    assert "Timeline" not in page
    assert "Offline mode" not in page
    assert db.session.query(Post).count()
    assert db.session.query(Company).count()


def test_what_a_crm_said_by_itself_stands_with_its_time(pm, run, ines, second):
    said = {"connection": second, "kind": "contact", "entity_id": ines.id, "said_at": EPOCH, "read_at": EPOCH}
    for number, role in (("1", "Head of <b>Field</b>"), ("2", "Planner")):
        db.session.add(CrmPulled(**said, remote_id=number, fields={"job_role": role, "do_not_call": True}))
    page = pm.get(f"/crm/people/{ines.id}").text
    for words in (
        "What was read from the CRM",
        "sales, number 1",
        "Head of &lt;b&gt;Field&lt;/b&gt;",
        "Planner",
        "1 January 2026",
    ):
        assert words in page, words
    assert page.count('id="over-sales"') == 1
