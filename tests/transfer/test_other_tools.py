"""UserVoice, Canny, Aha! and any table: what is special in each comes in as what it is here."""

import json
from decimal import Decimal

import pytest
import sqlalchemy as sa

from portal.accounts import queries as accounts
from portal.accounts.models import Company, Person
from portal.activity.auditing import audit_all
from portal.database import db
from portal.discussion.models import Label, Labelling, Link, Post
from portal.errors import Unusable
from portal.ideas.merging.models import Merge
from portal.ideas.models import Audience, Board, Idea
from portal.ideas.plans.models import InternalNote
from portal.voting.models import Vote
from tests.transfer.bringing import bring, idea, refusals
from tests.transfer.dumping import everything

USERVOICE = [f"uservoice/{name}.csv" for name in ("ideas", "suggestions", "comments", "users")]
AHA = ["aha/ideas.json", "aha/votes.json", "aha/list.csv"]
WISHES = {"aha": ["status:already exists=shipped"]}
ALL = {"uservoice": USERVOICE, "canny": ["canny.json"], "aha": AHA}


def labels(found):
    words = sa.select(Label.name).join(Labelling).where(Labelling.idea_id == found.id).order_by(Label.name)
    return list(db.session.scalars(words))


def votes(found):
    """Votes on an idea by the name of their person or company."""
    rows = db.session.scalars(sa.select(Vote).filter_by(idea_id=found.id)).all()
    return {_voter(each).name: each for each in rows}


def _voter(vote):
    if vote.person_id:
        return db.session.get_one(Person, vote.person_id)
    return db.session.get_one(Company, vote.company_id)


@pytest.mark.parametrize("preset", ALL)
def test_numbers_agree_and_a_second_import_changes_nothing(app, preset):
    words = WISHES.get(preset, ())
    assert bring(preset, *ALL[preset], words=words).taken["ideas"]
    assert [each for each in audit_all() if each.differences] == []
    before = everything()
    again = bring(preset, *ALL[preset], words=words)
    assert not +again.taken
    assert not +again.changed
    assert everything() == before


# -- UserVoice ------------------------------------------------------------------------------------------


@pytest.fixture
def uservoice(app):
    return bring("uservoice", *USERVOICE)


def test_rows_of_voters_are_one_idea_with_each_voter_once(uservoice):
    fast = idea("77")
    assert set(votes(fast)) == {"Ana Alves", "Bea"}
    assert (fast.votes_up, fast.imported_up, fast.status) == (2, 2, "started")
    assert votes(fast)["Bea"].cast_at.isoformat() == "2024-02-05T08:00:00+00:00"
    assert labels(fast) == ["Search", "core", "speed"]
    assert labels(idea("78")) == ["colours", "speed"]
    assert (idea("78").votes_up, idea("79").is_hidden) == (0, True)


def test_the_words_to_voters_are_a_candidate(uservoice):
    answer = db.session.scalars(sa.select(Post).filter_by(source_id="answer:77")).one()
    assert (answer.candidate, answer.body) == (True, "We are at it")


def test_older_names_are_known_and_a_parent_is_the_original(uservoice):
    assert idea("900").source_url == "https://ideas.example/900"
    (merge,) = db.session.scalars(sa.select(Merge)).all()
    assert (merge.source_id, merge.target_id) == (idea("901").id, idea("900").id)
    assert not db.session.query(Link).count()


def test_users_bring_their_account(uservoice):
    ana = accounts.by_mail("ana@one.example")
    one = db.session.get_one(Company, ana.company_id)
    assert (ana.name, one.name, one.tier, one.revenue) == (
        "Ana Alves",
        "One Ltd",
        "gold",
        Decimal("14406.00"),
    )


def test_rows_of_uservoice_that_cannot_be_taken_are_named(uservoice):
    assert refusals(uservoice) == [
        ("line 6", "linkedIdeaCreationDate is no date: not a day"),
        ("line 3", "the idea '99' is not there"),
    ]


# -- Canny ----------------------------------------------------------------------------------------------


@pytest.fixture
def canny(app):
    return bring("canny", "canny.json")


def test_a_post_of_canny_keeps_what_it_has(canny):
    bulk = idea("p1")
    assert (bulk.title, bulk.status, bulk.target, bulk.imported_up) == (
        "Bulk edit",
        "started",
        "June 2024",
        2,
    )
    assert labels(bulk) == ["Editing", "power users"]
    assert "changelog" not in " ".join(each.title for each in (bulk, idea("p2")))
    assert "entries is known, and not taken." in canny.says


def test_a_vote_that_an_admin_added_is_for_the_customer_with_its_proof(canny):
    added = votes(idea("p1"))["Quiet Customer"]
    omar = accounts.by_mail("omar@vendor.example")
    assert (added.added_by_id, added.proof_kind, added.proof_url) == (
        omar.id,
        "ticket",
        "https://tickets.example/9",
    )
    assert added.proof_text == "They asked on the phone"
    own = votes(idea("p1"))["Noor Haddad"]
    assert (own.added_by_id, own.proof_kind, own.importance) == (None, None, 3)
    assert omar.role == "customer"


def test_a_private_board_stays_with_staff(canny):
    inside = db.session.scalars(sa.select(Board).filter_by(name="Inside")).one()
    assert inside.audience == Audience.STAFF
    assert idea("p2").board_id == inside.id


def test_a_private_board_never_goes_onto_one_for_everybody(app, make):
    make.board(name="Inside")
    report = bring("canny", "canny.json")
    assert (
        "posts 2",
        "the board 'Inside' was private there, and is for others than staff here: say --board",
    ) in refusals(report)


def test_what_was_merged_is_a_duplicate_without_votes(canny):
    (link,) = db.session.scalars(sa.select(Link)).all()
    assert (link.from_idea_id, link.to_idea_id) == (idea("p0").id, idea("p1").id)
    assert (idea("p0").score, idea("p0").title) == (0, "Edit several")


def test_internal_comments_are_notes(canny):
    (note,) = db.session.scalars(sa.select(InternalNote)).all()
    assert note.body == "Only for us"
    assert idea("p1").comments == 2


def test_a_user_s_company_comes_along(canny):
    aster = db.session.scalars(sa.select(Company)).one()
    assert (aster.revenue, aster.source_id) == (Decimal("3600.00"), "k1")
    assert accounts.by_mail("noor@aster-clinics.example").company_id == aster.id


def test_objects_of_canny_that_cannot_be_taken_are_named(canny):
    assert [where for where, _why in refusals(canny)] == ["posts 3", "votes 3"]


# -- Aha! -----------------------------------------------------------------------------------------------


@pytest.fixture
def aha(app):
    return bring("aha", *AHA)


def test_an_idea_of_aha_keeps_what_it_has(aha):
    offline = idea("6001")
    assert (offline.title, offline.status, offline.votes_up, offline.imported_up) == (
        "Offline mode",
        "planned",
        3,
        0,
    )
    assert "<b>plane</b>" in offline.body_html
    assert labels(offline) == ["Mobile"]
    assert (idea("PRJ-I-7").status, idea("PRJ-I-7").imported_up) == ("declined", 5)


def test_a_proxy_vote_is_the_customer_s_with_contact_organisation_value_and_link(aha):
    proxy = votes(idea("6001"))["Noor Haddad"]
    assert (proxy.proof_kind, proxy.proof_url) == ("link", "https://crm.example/opp/1")
    assert proxy.proof_text == "Would sign at once\nWorth 12000"
    noor = accounts.by_mail("noor@aster-clinics.example")
    assert db.session.get_one(Company, noor.company_id).name == "Aster Clinics"


def test_a_proxy_vote_without_a_contact_is_the_organisation_s(aha):
    firm = votes(idea("6001"))["Harbor Foods"]
    assert (firm.person_id, firm.added_by_id) == (None, accounts.by_mail("rep@vendor.example").id)


def test_a_vote_of_a_portal_user_is_the_own_one(aha):
    own = votes(idea("6001"))["Ana"]
    assert (own.added_by_id, own.proof_kind) == (None, None)


def test_a_status_that_may_mean_two_things_is_asked_for(aha, app):
    ((where, why),) = refusals(aha)
    assert where == "ideas 2"
    assert "nobody knows what the status 'Already exists' means here" in why
    assert bring("aha", *AHA, words=WISHES["aha"]).taken["ideas"] == 1
    assert idea("6002").status == "shipped"


# -- Any table ------------------------------------------------------------------------------------------


def test_usual_names_are_guessed_and_others_can_be_said(app, tmp_path):
    path = tmp_path / "wishes.csv"
    path.write_text("Feature;Wanted by;Stimmen;Tags;Created\nDark mode;Jo;7;a, b;31.01.2024\n")
    report = bring(
        "table", path, words=["Stimmen=votes", "Wanted by=author"], dates="dd.mm.yyyy", board="Wishes"
    )
    assert report.taken["ideas"] == 1
    found = db.session.scalars(sa.select(Idea).join(Board).where(Board.name == "Wishes")).one()
    assert (found.imported_up, found.ghost_name, labels(found)) == (7, "Jo", ["a", "b"])


def test_a_table_without_days_is_of_today(app, tmp_path):
    path = tmp_path / "wishes.csv"
    path.write_text("title\nDark mode\n\nDark mode\n")
    report = bring("table", path)
    assert (report.taken["ideas"], refusals(report)) == (1, [("line 4", "the same id twice")])


def test_voters_beside_their_idea_are_votes(app, tmp_path):
    path = tmp_path / "votes.json"
    rows = [{"id": 1, "title": "A", "voter_email": f"p{n}@x.example", "company": "Firm"} for n in range(3)]
    path.write_text(json.dumps(rows))
    bring("table", path)
    assert (idea("1").votes_up, db.session.scalar(sa.select(sa.func.count(Company.id)))) == (3, 1)


def test_a_table_in_which_nothing_is_known_is_refused(app, tmp_path):
    path = tmp_path / "wishes.csv"
    path.write_text("colour,shape\nred,round\n")
    with pytest.raises(Unusable, match="is no table of table"):
        bring("table", path)
    assert bring("table", path, words=["colour=title"]).taken["ideas"] == 1
