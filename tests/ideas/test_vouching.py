"""Votes that staff add for a customer: with proof, told or not, taken over or taken back."""

import pytest

from portal.activity.auditing import audit_all
from portal.activity.models import Entry
from portal.database import db
from portal.errors import Conflict, NotAllowed
from portal.ideas.deciding import change_status
from portal.ideas.models import Idea
from portal.reputation.models import LedgerLine
from portal.transfer.collecting import idea_rows, vote_rows
from portal.voting import budgeting, casting, vouching
from portal.voting.models import Proof, Vote
from portal.voting.tallying import demand_for
from tests.factories import EPOCH

BY_PHONE = vouching.Evidence(Proof.CALL, text="They said so.")
SAID = {"proof": "call", "url": "https://calls.example/7", "text": "We need it by May."}


@pytest.fixture
def idea(make, cast):
    return make.idea(title="Offline mode", author=cast.other_customer, board=make.board(vote_budget=1))


@pytest.fixture
def letters(settings):
    folder = settings.folder / "mail"
    before = set(folder.glob("*.eml"))
    return lambda: [path.read_text() for path in sorted(set(folder.glob("*.eml")) - before)]


def audits_are_clean():
    db.session.commit()
    return not [each for each in audit_all() if each.differences]


def vouch(idea, cast, voter=None):
    voter = voter or cast.customer
    return vouching.add(idea, by=cast.product_manager, voter=voter, evidence=BY_PHONE)


def test_it_counts_costs_nothing_and_earns_nothing_until_it_is_taken_over(idea, cast, make, rows):
    casting.cast(make.idea(board_id=idea.board_id), by=cast.customer)
    earned = rows(LedgerLine)
    vouch(idea, cast)
    assert (idea.votes_up, idea.weights_up, rows(LedgerLine)) == (1, 1, earned)
    assert budgeting.balance(cast.customer, idea.board, Idea).spent == 1
    assert audits_are_clean()
    assert vouching.take_over(idea, by=cast.customer)
    assert not vouching.take_over(idea, by=cast.customer)
    assert budgeting.balance(cast.customer, idea.board, Idea).spent == 2
    assert rows(LedgerLine) > earned
    assert audits_are_clean()


def test_the_customer_takes_it_back(idea, cast, rows):
    vouch(idea, cast)
    assert casting.withdraw(idea, by=cast.customer)
    assert (idea.votes_up, rows(Vote)) == (0, 0)
    assert audits_are_clean()


def test_staff_remove_their_mistake_but_not_what_was_taken_over(idea, cast):
    vote = vouch(idea, cast)
    vouching.remove(vote, idea, by=cast.moderator)
    assert idea.votes_up == 0
    vote = vouch(idea, cast)
    vouching.take_over(idea, by=cast.customer)
    with pytest.raises(Conflict, match="took this vote over"):
        vouching.remove(vote, idea, by=cast.moderator)
    assert audits_are_clean()


def test_who_may_not_and_what_cannot(idea, cast):
    with pytest.raises(NotAllowed):
        vouching.add(idea, by=cast.customer, voter=cast.other_customer, evidence=BY_PHONE)
    vouch(idea, cast)
    vouch(idea, cast, cast.company)
    for again in (cast.customer, cast.company):
        with pytest.raises(Conflict, match="has a vote on this idea already"):
            vouch(idea, cast, again)
    change_status(idea, to="shipped", by=cast.product_manager)
    with pytest.raises(Conflict):
        vouch(idea, cast, cast.other_company)
    assert audits_are_clean()


def test_a_company_counts_once_with_its_revenue(idea, cast):
    vouch(idea, cast, cast.company)
    demand = demand_for(idea.id)
    assert (demand.people, demand.companies, demand.revenue_words) == (0, 1, "€120k")
    vouch(idea, cast)
    demand = demand_for(idea.id)
    assert (demand.people, demand.companies, demand.revenue_words) == (1, 1, "€120k")
    vouch(idea, cast, cast.other_company)
    assert demand_for(idea.id).companies == 2


def test_exports_say_on_whose_behalf(idea, cast):
    vouch(idea, cast)
    vouch(idea, cast, cast.other_company)
    db.session.commit()
    person, company = vote_rows([idea.id])
    assert person[3] == "Ines Duarte"
    assert person[-1] == "added by Mira Kovač: call, They said so."
    assert (company[3], company[5]) == ("", "Harbor Foods")
    [row] = idea_rows([idea.id])
    assert row[14:16] == [1, 2]


def test_staff_find_a_customer_and_tell_them(idea, cast, as_, letters, rows):
    staff, customer = as_(cast.product_manager), as_(cast.customer)
    path = f"/ideas/{idea.id}"
    assert "Add a vote for a customer" in staff.get(path).text
    assert "Add a vote for a customer" not in customer.get(path).text
    found = staff.get(f"{path}/votes/new?q=northwind").text
    assert f"customer=person:{cast.customer.id}" in found
    assert f"customer=company:{cast.company.id}" in found
    sent = SAID | {"customer": f"person:{cast.customer.id}", "tell": "y"}
    assert staff.post(f"{path}/votes", data=sent).status_code == 303
    [letter] = letters()
    assert "Mira" in letter
    assert "Offline mode" in letter
    page = staff.get(path).text
    assert "We need it by May." in page
    assert 'href="https://calls.example/7"' in page
    assert "told by mail" in page
    assert "We need it by May." not in as_(cast.other_customer).get(path).text
    again = staff.post(f"{path}/votes", data=sent)
    assert again.status_code == 422
    assert "already" in again.text
    assert rows(Entry, kind="vote_added_for") == 1


def test_the_customer_sees_it_and_makes_it_theirs(idea, cast, as_):
    vouch(idea, cast)
    db.session.commit()
    customer, path = as_(cast.customer), f"/ideas/{idea.id}"
    assert "added your vote after your call" in customer.get(path).text
    profile = customer.get(f"/people/{cast.customer.id}").text
    assert "Votes added for you" in profile
    assert "Votes added for you" not in as_(cast.other_customer).get(f"/people/{cast.customer.id}").text
    assert customer.put(f"{path}/vote/owner").status_code == 303
    page = customer.get(path).text
    assert "You voted for it" in page
    assert customer.delete(f"{path}/vote").status_code == 303
    assert idea.votes_up == 0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"customer": ""}, "Choose the person"),
        ({"customer": "person:4711"}, "Choose the person"),
        ({"customer": "board:1"}, "Choose the person"),
        ({"url": "", "text": ""}, "Give an address or their words"),
        ({"url": "javascript:alert(1)"}, "begins with https"),
        ({"url": "https://["}, "begins with https"),
        ({"proof": "dream"}, ""),
        ({"customer": "company", "tell": "y"}, "no mail address"),
    ],
)
def test_what_proves_nothing_is_refused(idea, cast, as_, rows, letters, change, words):
    if change.get("customer") == "company":
        change["customer"] = f"company:{cast.company.id}"
    data = SAID | {"customer": f"person:{cast.customer.id}"} | change
    answer = as_(cast.moderator).post(f"/ideas/{idea.id}/votes", data=data)
    assert answer.status_code == 422
    assert words in answer.text
    assert rows(Vote) == 0
    assert letters() == []


def test_who_wants_no_news_by_mail_gets_none_and_reads_why_in_the_settings(make, cast, as_, rows, letters):
    ines = as_(cast.customer)
    assert "no news by mail" not in ines.get("/account/").text
    cast.customer.mail_opt_out_at = EPOCH
    db.session.commit()
    data = SAID | {"customer": f"person:{cast.customer.id}", "tell": "y"}
    idea = make.idea()
    answer = as_(cast.product_manager).post(f"/ideas/{idea.id}/votes", data=data)
    assert answer.status_code == 422
    assert "want no news by mail" in answer.text
    assert (letters(), rows(Vote)) == ([], 0)
    page = ines.get("/account/").text
    for said in ("You get no news by mail", "What changed for you", "to confirm an address"):
        assert said in page, said


def test_nobody_is_told_of_what_they_cannot_see(make, cast, as_, rows, letters):
    idea = make.idea(board=make.board(audience="staff"))
    data = SAID | {"customer": f"person:{cast.customer.id}", "tell": "y"}
    answer = as_(cast.moderator).post(f"/ideas/{idea.id}/votes", data=data)
    assert answer.status_code == 422
    assert "cannot see this idea" in answer.text
    assert (rows(Vote), letters()) == (0, [])
