"""Who voted is forgotten a while after an idea was closed: every count stays, and nothing names the voters any more."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal import clock
from portal.activity.auditing import audit_all
from portal.activity.models import Entry
from portal.crm_bridge.models import CrmDirty, CrmLink
from portal.database import db
from portal.discussion import writing
from portal.ideas.deciding import change_status
from portal.ideas.forgetting import replacing
from portal.ideas.forgetting.cli import EachNight, forget_voters
from portal.ideas.forgetting.finding import how_many
from portal.ideas.forgetting.models import Forgetting
from portal.ideas.merging.joining import merge
from portal.ideas.merging.separating import part
from portal.ideas.models import Idea
from portal.ideas.verdicts.judging import judge
from portal.moderation.converting.asking import ask
from portal.moderation.workarounds import helping
from portal.moderation.workarounds.marking import mark
from portal.moderation.workarounds.models import Help
from portal.notifications.models import Notice, Watch
from portal.reputation.models import LedgerLine
from portal.voting import casting, vouching
from portal.voting.models import Proof, Vote
from portal.voting.tallying import demand_for

COUNTS = (
    "votes_up", "votes_down", "weights_up", "score", "hot", "people", "accounts", "revenue", "account_weight",
)  # fmt: skip


@pytest.fixture
def closed(make, cast, catch_up):
    """An idea that another one was merged into, wanted by people of two companies and declined 14 months ago; an open one
    beside it."""
    cast.company.revenue = 120_000
    board = make.board(name="Mobile", forget_months=12, most_per_idea=3, votes_against=True)
    target = make.idea(board=board, author=cast.moderator, title="Offline mode")
    source = make.idea(board=board, author=cast.moderator, title="No signal")
    still = make.idea(board=board, author=cast.moderator, title="Dark theme")
    long_ago = clock.now() - timedelta(days=500)
    with clock.at(long_ago):
        for idea in (target, source, still):
            casting.cast(idea, by=cast.customer, weight=2)
        casting.cast(source, by=cast.other_customer)
        casting.cast(target, by=make.person(company=cast.company), value=-1)
        casting.cast(target, by=cast.moderator)
        proof = vouching.Evidence(Proof.CALL, text="They told us of it.")
        vouching.add(target, by=cast.product_manager, voter=make.person(), evidence=proof)
        vouching.add(target, by=cast.product_manager, voter=cast.other_company, evidence=proof)
        merge(source, target, by=cast.product_manager)
    with clock.at(clock.now() - timedelta(days=430)):
        change_status(target, to="declined", ground="rare", by=cast.product_manager)
    post = make.comment(target)
    make._save(Help(idea_id=target.id, person_id=cast.customer.id, post_id=post.id, at=long_ago))
    catch_up()
    return board, target, source, still


def numbers(*ideas):
    db.session.expire_all()
    found = [[getattr(db.session.get(Idea, each.id), name) for name in COUNTS] for each in ideas]
    return found, [demand_for(each.id) for each in ideas]


def differences():
    return [(each.name, each.differences) for each in audit_all() if each.differences]


def test_counts_stay_and_names_are_gone(closed, cast, rows, run, as_, catch_up):
    board, target, source, still = closed
    family = [target.id, source.id]
    before, points = numbers(target, source, still), cast.moderator.reputation
    said = run("ideas", "retention", "--dry-run").output
    assert said == "Mobile: who voted would be forgotten of 5 votes, on 1 closed ideas.\n"
    assert rows(Forgetting) == 0
    assert "Voters forgotten: 4." in run("ideas", "retention").output
    assert numbers(target, source, still) == before
    assert differences() == []
    assert "Every balance" in run("reputation", "rebuild", "--check").output
    named = {cast.customer.id, cast.other_customer.id}
    votes = db.session.scalars(sa.select(Vote).where(Vote.idea_id.in_(family))).all()
    assert {each.person_id for each in votes} & named == set()
    assert {each.proof_text for each in votes} == {None}
    # Who wrote the idea is known anyway, and so is that they want it; of open ideas nothing is forgotten.
    assert cast.moderator.id in {each.person_id for each in votes}
    assert rows(Vote, idea_id=still.id, person_id=cast.customer.id) == 1
    for model in (Watch, Notice, Help):
        assert not db.session.scalars(
            sa.select(model.id).where(model.idea_id.in_(family), model.person_id.in_(named))
        ).all()
    for line in db.session.scalars(sa.select(LedgerLine).where(LedgerLine.source_id.in_(family))):
        assert line.actor_id not in named
        assert int(line.cause.rpartition(":")[2]) not in named
    for entry in db.session.scalars(sa.select(Entry).where(Entry.kind == "vote_cast")):
        assert entry.actor_id not in named or entry.data["idea_id"] == still.id
    assert cast.moderator.reputation == points
    assert [
        each.data for each in db.session.scalars(sa.select(Entry).where(Entry.kind == "voters_forgotten"))
    ] == [{"idea_id": target.id, "votes": 5}]
    page = as_(cast.product_manager).get(f"/desk/votes?idea={target.id}").text
    assert "Name not kept" in page
    assert "Ines Duarte" not in page
    # Again there is nothing to do, and readers have nothing to put right.
    catch_up()
    assert "Voters forgotten: 0." in run("ideas", "retention").output
    assert numbers(target, source, still) == before
    assert how_many(board, 12) == (0, 0)


def test_the_worker_forgets_by_night_once_and_stops_in_the_morning(closed, rows):
    _, target, _, _ = closed
    chore, night = EachNight(23), clock.now().replace(hour=23, minute=5)
    by_day = [night + timedelta(hours=each) for each in (-1, 3, 12)]
    for moment in by_day:
        with clock.at(moment):
            chore(lambda: False)
    assert rows(Forgetting) == 0
    with clock.at(night):
        chore(lambda: True)
        assert rows(Forgetting) == 0
        chore(lambda: False)
    assert chore.done == night.date()
    ended = db.session.get(Forgetting, target.id).ended_at
    with clock.at(night + timedelta(hours=2)):
        chore(lambda: False)
    db.session.expire_all()
    assert db.session.get(Forgetting, target.id).ended_at == ended


def test_who_followed_the_question_of_an_idea_because_of_a_vote_follows_it_no_more(make, cast, catch_up):
    board = make.board(forget_months=12)
    idea = make.idea(board=board, author=cast.moderator)
    with clock.at(clock.now() - timedelta(days=500)):
        casting.cast(idea, by=cast.customer)
        catch_up()
        writing.write(idea, by=cast.other_customer, body="Me, too.")
        words = {"title": idea.title, "body": idea.body, "status": "declined"}
        made = ask(idea, category=make.category(), by=cast.moderator, **words)
    followers = db.session.query(Watch).filter_by(topic_id=made.topic_id)
    assert {cast.customer.id, cast.other_customer.id} <= {each.person_id for each in followers}
    catch_up()
    assert forget_voters() == 1
    assert cast.customer.id not in {each.person_id for each in followers}
    assert cast.other_customer.id in {each.person_id for each in followers}


def test_parting_and_merging_afterwards_change_no_count(closed, cast):
    _, target, source, _ = closed
    forget_voters()
    before = numbers(target, source)
    part(source, by=cast.product_manager)
    db.session.commit()
    assert differences() == []
    merge(source, target, by=cast.product_manager)
    db.session.commit()
    assert numbers(target, source) == before
    assert differences() == []


def test_the_journal_does_not_say_who_said_what_only_voters_say(make, cast):
    board = make.board(forget_months=12)
    idea, still = (make.idea(board=board, author=cast.moderator) for _ in range(2))
    with clock.at(clock.now() - timedelta(days=500)):
        for each in (idea, still):
            casting.cast(each, by=cast.customer)
            mark(each, make.comment(each), by=cast.moderator)
            helping.say(each, by=cast.customer)
        helping.take_back(idea, by=cast.customer)
        helping.say(idea, by=cast.customer)
        change_status(idea, to="shipped", by=cast.product_manager)
        judge(idea, by=cast.customer, answer="no", words="Not for us.")
    with clock.at(clock.now() - timedelta(days=430)):
        change_status(idea, to="declined", ground="rare", by=cast.product_manager)
    db.session.commit()
    forget_voters()
    theirs = db.session.scalars(sa.select(Entry).where(Entry.actor_id == cast.customer.id)).all()
    assert {each.data["idea_id"] for each in theirs if "idea_id" in each.data} == {still.id}
    assert {each.kind for each in theirs} >= {"vote_cast", "helped_by_workaround"}
    assert differences() == []


def test_killed_in_between_it_goes_on(closed, monkeypatch, rows):
    _, target, source, still = closed
    before = numbers(target, source, still)
    monkeypatch.setattr(replacing, "BATCH", 1)
    assert replacing.forget_some(target.id) == 1
    db.session.commit()
    # The next step does not come to its end.
    assert replacing.forget_some(target.id) == 1
    db.session.rollback()
    assert numbers(target, source, still) == before
    assert differences() == []
    assert forget_voters() == 3
    assert numbers(target, source, still) == before
    assert differences() == []
    row = db.session.get(Forgetting, target.id)
    assert (row.votes, row.ended_at is not None) == (5, True)


@pytest.mark.parametrize(
    "kept",
    [{"forget_months": 0}, {"forget_months": 15}, {"status": "open"}],
    ids=["no rule", "not so long ago", "open again"],
)
def test_what_is_not_due_is_kept(closed, kept, rows):
    board, target, _, _ = closed
    for name, value in kept.items():
        setattr(target if name == "status" else board, name, value)
    db.session.commit()
    assert forget_voters() == 0
    assert replacing.forget_some(target.id) == 0
    assert rows(Forgetting) == 0


def test_the_rule_says_first_what_it_forgets(closed, as_, cast):
    board = closed[0]
    board.forget_months = 0
    db.session.commit()
    form = {
        "most_per_idea": "3",
        "least_votes_to_post": "0",
        "counts_hidden": "never",
        "counts_hidden_days": "14",
    }
    path, staff = f"/admin/boards/{board.id}/rules", as_(cast.product_manager)
    asked = staff.put(path, data=form | {"votes_against": "y", "forget_months": "12"})
    assert asked.status_code == 422
    assert "That is 5 votes of 1 idea within a day." in asked.text
    assert "for good" in asked.text
    db.session.refresh(board)
    assert board.forget_months == 0


def test_the_records_of_these_votes_are_taken_out_of_the_crm(closed, cast, run, rows):
    _, target, source, still = closed
    cast.customer.crm_consent, cast.customer.crm_consent_at = True, clock.now()
    db.session.commit()
    run("crm", "push")
    links = sa.select(CrmLink.idea_id).where(CrmLink.entity == "vote", CrmLink.entity_id == cast.customer.id)
    linked = set(db.session.scalars(links))
    assert linked == {target.id, source.id, still.id}
    forget_voters()
    assert rows(CrmDirty, entity="person", entity_id=cast.customer.id) == 1
    run("crm", "push")
    db.session.expire_all()
    assert set(db.session.scalars(links)) == {still.id}
    assert rows(CrmDirty) == 0


def test_a_line_of_the_ledger_may_only_lose_a_name(closed, make, cast):
    line = db.session.scalars(sa.select(LedgerLine).limit(1)).one()
    nobody = make.person(email=None, active=False, erased_at=clock.now())
    table = sa.update(LedgerLine).where(LedgerLine.id == line.id)
    for change in (
        {"granted": 9, "actor_id": nobody.id},
        {"actor_id": cast.customer.id},
        {"cause": "x", "actor_id": None},
    ):
        with pytest.raises(sa.exc.DBAPIError, match="append-only"):
            db.session.execute(table.values(change))
        db.session.rollback()
    db.session.execute(table.values(actor_id=nobody.id))
