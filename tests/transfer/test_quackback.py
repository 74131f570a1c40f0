"""Quackback's files come in together: voters once, private comments as notes, companies with what they spend."""

from decimal import Decimal

import pytest
import sqlalchemy as sa

from portal import clock
from portal.accounts import erasing
from portal.accounts import queries as accounts
from portal.accounts.models import Company, CompanyDomain, Person
from portal.activity.auditing import audit_all
from portal.crm_bridge.consenting import consents
from portal.database import db
from portal.discussion.models import Post
from portal.ideas.models import Idea
from portal.ideas.plans.models import InternalNote
from portal.transfer.tables.adding_people import NAMELESS
from portal.voting import casting
from portal.voting.models import Vote
from tests.transfer.bringing import TABLES, bring, idea, refusals
from tests.transfer.dumping import everything

FILES = [
    f"quackback/{name}.csv"
    for name in (
        "post_comments", "post_votes", "posts", "users", "companies", "template",
        "cli-posts", "cli-votes", "cli-comments", "cli-notes",
    )
]  # fmt: skip
TOGETHER = ["quackback/posts.csv", "quackback/post_votes.csv"]


@pytest.fixture
def report(app):
    return bring("quackback", *FILES)


def person(mail):
    db.session.expire_all()
    return accounts.by_mail(mail)


def post(key):
    return db.session.scalars(sa.select(Post).filter_by(source_id=f"comment:{key}")).one()


def test_all_files_are_told_apart_by_their_headings(report):
    assert dict(report.taken) | {"labels": 0} == {
        "boards": 1, "companies": 2, "people": 4, "ideas": 6, "labels": 0, "votes": 5,
        "comments": 7, "notes": 2, "links": 0,
    }  # fmt: skip


def test_the_same_voter_counts_once_and_totals_keep_who_is_unknown(report, rows):
    asked = idea("post_1")
    assert rows(Vote, idea_id=asked.id) == asked.votes_up == 3
    assert (asked.imported_up, asked.score) == (2, 5)
    assert rows(Vote, imported=True) == rows(Vote)


def test_votes_keep_their_day(report):
    mine = sa.select(Vote.cast_at).where(Vote.person_id == person("bo@elsewhere.example").id)
    days = sorted(each.date().isoformat() for each in db.session.scalars(mine))
    assert days == ["2024-01-11"]


def test_a_vote_on_what_was_shipped_is_free_again(report):
    vote = db.session.scalars(sa.select(Vote).filter_by(idea_id=idea("post_2").id)).one()
    assert vote.returned_for == "closing"


def test_people_cannot_sign_in_and_are_in_no_crm(report):
    noor = person("noor@aster-clinics.example")
    assert (noor.name, noor.confirmed_at, noor.password, noor.company_id) == ("Noor Haddad", None, None, None)
    assert noor.source_system == "quackback"
    assert "@" not in noor.source_id
    assert db.session.scalars(sa.select(Person).where(consents())).all() == []


def test_a_mail_address_is_never_a_name(report):
    assert person("third@elsewhere.example").name == NAMELESS


def test_a_company_has_its_revenue_of_a_year_and_its_domain(report):
    aster = db.session.scalars(sa.select(Company).filter_by(name="Aster Clinics")).one()
    assert (aster.tier, aster.revenue, aster.currency) == ("enterprise", Decimal("15006.00"), "EUR")
    domains = dict(db.session.execute(sa.select(CompanyDomain.domain, CompanyDomain.company_id)).all())
    assert domains == {"aster-clinics.example": aster.id}


def test_comments_answer_the_first_of_their_thread(report):
    top = post("c1")
    assert (post("c2").parent_id, post("c3").parent_id, top.parent_id) == (top.id, top.id, None)
    assert [each.position for each in (post("c1"), post("c2"), post("c3"))] == [1, 2, 3]
    assert post("c5").hidden_reason == "It was spam where it came from"
    assert idea("post_1").comments == 4


def test_private_comments_are_notes_of_staff(report):
    notes = {each.body: each for each in db.session.scalars(sa.select(InternalNote))}
    assert set(notes) == {"They may leave", "Asked by three large ones"}
    assert notes["They may leave"].author_id == person("omar@vendor.example").id


def test_what_waited_for_approval_stays_out_of_sight(report):
    waiting = idea("10")
    assert (waiting.is_hidden, waiting.status, waiting.imported_up, waiting.votes_up) == (
        True,
        "planned",
        1,
        1,
    )


def test_a_row_without_an_id_is_known_by_its_words(report):
    assert idea("t-1").status == "under_review"
    again = bring("quackback", *FILES)
    assert not +again.taken


def test_what_cannot_be_taken_is_named(report):
    assert sorted(refusals(report)) == [
        ("comment:c7", "the comment that it answers is not there: it stands by itself"),
        ("line 4", "email is no mail address: not a mail"),
        ("line 4", "monthly_spend is no amount: a lot"),
        ("line 7", "nobody knows what moderation_state 'held' means"),
        ("line 7", "the idea 'post_9' is not there"),
        ("line 8", "the voter has neither a mail address nor an id"),
        ("line 9", "created_at is no date: yesterday"),
        ("line 9", "nobody knows who wrote the note: it has neither a mail address nor an id"),
    ]  # fmt: skip


def test_numbers_agree_and_a_second_import_changes_nothing(report):
    assert [each for each in audit_all() if each.differences] == []
    before = everything()
    again = bring("quackback", *FILES)
    assert everything() == before
    assert not +again.changed
    assert again.known["votes"] == 6


def test_files_one_after_the_other_end_where_files_together_end(app):
    for name in ("posts", "companies", "users", "post_votes", "post_comments"):
        bring("quackback", f"quackback/{name}.csv")
    assert (idea("post_1").imported_up, idea("post_1").votes_up) == (2, 3)
    assert [each for each in audit_all() if each.differences] == []
    bring("quackback", *TOGETHER)
    assert (idea("post_1").imported_up, idea("post_1").votes_up) == (2, 3)


# -- People who are here --------------------------------------------------------------------------------


def test_who_has_an_account_is_that_person_and_is_asked_nothing(app, make, rows):
    bo = make.person(name="Bo of here", email="bo@elsewhere.example")
    bring("quackback", *FILES)
    assert rows(Vote, person_id=bo.id) == 1
    assert (bo.name, bo.source_system) == ("Bo of here", None)


def test_who_voted_here_too_counts_once(app, make):
    bo = make.person(email="bo@elsewhere.example")
    bring("quackback", "quackback/posts.csv")
    casting.cast(idea("post_1"), by=bo)
    db.session.commit()
    for _again in range(2):
        bring("quackback", *TOGETHER)
        assert (idea("post_1").votes_up, idea("post_1").imported_up) == (3, 2)
    assert [each for each in audit_all() if each.differences] == []


def test_a_vote_that_was_taken_back_here_does_not_come_back(report):
    bo = person("bo@elsewhere.example")
    bo.confirmed_at = clock.now()
    db.session.commit()
    casting.withdraw(idea("post_1"), by=bo)
    db.session.commit()
    for _again in range(2):
        bring("quackback", *TOGETHER)
        assert (idea("post_1").votes_up, idea("post_1").imported_up) == (2, 2)


def test_an_account_is_claimed_by_who_reads_the_mailbox(report, as_, settings):
    sent = settings.folder / "mail"
    before = set(sent.glob("*")) if sent.exists() else set()
    browser = as_()
    answer = browser.post("/login", data={"email": "bo@elsewhere.example", "password": "three grey herons"})
    assert answer.status_code == 422
    browser.post("/reset", data={"email": "bo@elsewhere.example"})
    (mail,) = set(sent.glob("*")) - before
    assert "bo@elsewhere.example" in mail.read_text()


def test_an_erased_person_does_not_come_back(report, rows):
    bo = person("bo@elsewhere.example")
    bo.email, bo.name, bo.erased_at, bo.active = None, "Erased", clock.now(), False
    db.session.execute(sa.delete(Vote).where(Vote.person_id == bo.id))
    db.session.commit()
    again = bring("quackback", *TOGETHER)
    assert ("line 3", "the voter was erased here") in refusals(again)
    assert person("bo@elsewhere.example") is None
    assert rows(Vote, person_id=bo.id) == 0


def test_who_was_erased_is_known_by_what_is_left_of_the_address(report, rows, make):
    """Neither the row nor its source says the address any more; somebody new with it gets nothing of the old."""
    bo = person("bo@elsewhere.example")
    erasing.erase(bo, by=None, reason="Letter", texts=True)
    db.session.commit()
    votes, people = rows(Vote, person_id=bo.id), rows(Person)
    assert "bo@" not in f"{bo.name} {bo.email} {bo.source_id} {bo.source_url}"
    anew = make.person(email="bo@elsewhere.example")
    again = bring("quackback", *TOGETHER)
    assert ("line 3", "the voter was erased here") in refusals(again)
    db.session.expire_all()
    assert (bo.name, rows(Vote, person_id=bo.id), rows(Person)) == ("Former member", votes, people + 1)
    assert (rows(Vote, person_id=anew.id), rows(Idea, author_id=anew.id)) == (0, 0)
    assert {each.body for each in db.session.query(Idea).filter_by(author_id=bo.id)} <= {erasing.REMOVED}


def test_people_who_came_get_no_mail(report, settings):
    mails = [path.read_text() for path in (settings.folder / "mail").glob("*")]
    assert not [mail for mail in mails if "third@elsewhere.example" in mail]


def test_a_table_of_another_tool_says_what_this_one_has(app, run):
    said = run("transfer", "import", "table", str(TABLES / "fider-posts.csv"), "--preset", "quackback")
    assert said.exit_code == 1
    assert "fider-posts.csv is no table of quackback" in said.output
