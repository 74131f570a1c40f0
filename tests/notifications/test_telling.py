"""What became of an idea reaches everybody who has to do with it, each once, and nobody who may not know."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal import clock
from portal.accounts.models import Person
from portal.activity.models import Entry
from portal.database import db
from portal.discussion.writing import write
from portal.ideas import seeing
from portal.ideas.changelog import following as changelog
from portal.ideas.changelog import publishing
from portal.ideas.changelog.models import ChangelogAdmission, ChangelogFollow
from portal.ideas.changelog.withdrawing import restore, withdraw
from portal.ideas.deciding import answer, change_status
from portal.ideas.merging.joining import merge
from portal.ideas.merging.separating import part
from portal.ideas.models import Board, Idea
from portal.ideas.queries import visible_to
from portal.moderation.hiding import hide
from portal.notifications import cli, following, telling
from portal.notifications.models import Notice, Telling, Watch
from portal.voting import casting, vouching
from portal.voting.models import Proof, Vote
from tests import world
from tests.cast import ACTORS
from tests.factories import EPOCH
from tests.ideas.reading import shown
from tests.trying import examples


@pytest.fixture
def idea(make, cast):
    return make.idea(author=cast.customer, title="Offline mode")


def told(idea):
    """Who was told what of the idea, and why: {(name, kind, why)}."""
    rows = db.session.query(Person.name, Notice.kind, Notice.why).join(Notice, Notice.person_id == Person.id)
    return sorted(tuple(row) for row in rows.filter(Notice.idea_id == idea.id))


def decide(idea, by, to="planned"):
    change_status(idea, to=to, by=by, ground="rare")
    db.session.commit()


def test_voters_followers_the_author_and_customers_with_an_added_vote(make, cast, idea, tell_now, rows):
    voter, follower = make.person(name="Vera"), make.person(name="Fil")
    talker, added = make.person(name="Tara"), make.person(name="Adam")
    casting.cast(idea, by=voter)
    following.follow(idea, by=follower)
    write(idea, by=talker, body="For us too.")
    evidence = vouching.Evidence(Proof.CALL, text="They said so.")
    vouching.add(idea, by=cast.product_manager, voter=added, evidence=evidence)
    vouching.add(idea, by=cast.product_manager, voter=cast.other_company, evidence=evidence)
    casting.cast(idea, by=cast.product_manager)
    decide(idea, cast.product_manager)
    for _ in range(2):
        tell_now()
    assert told(idea) == [
        ("Adam", "status", "customer"),
        ("Fil", "status", "follower"),
        ("Ines Duarte", "status", "author"),
        ("Tara", "status", "follower"),
        ("Vera", "status", "voter"),
    ]
    answer(idea, by=cast.admin, body="We build it.")
    tell_now()
    assert [who for who, kind, _ in told(idea) if kind == "answer"] == [
        "Adam", "Fil", "Ines Duarte", "Mira Kovač", "Tara", "Vera",
    ]  # fmt: skip
    assert rows(Telling, done_at=None) == 0


def test_who_said_stop_left_or_came_later_hears_nothing(make, cast, idea, tell_now):
    people = [make.person(name=f"P{n}") for n in range(6)]
    for each in people:
        casting.cast(idea, by=each)
    following.stop(idea, by=people[0])
    people[1].active = False
    people[2].erased_at, people[2].email, people[2].active = clock.now(), None, False
    casting.withdraw(idea, by=people[3])
    decide(idea, cast.product_manager)
    late = make.person(name="Late")
    casting.cast(idea, by=late)
    following.stop(idea, by=people[5])
    tell_now()
    assert [who for who, _, _ in told(idea)] == ["Ines Duarte", "P4"]


def test_nobody_is_told_of_what_they_may_not_see(make, cast, idea, tell_now):
    for each in (cast.other_customer, cast.moderator):
        casting.cast(idea, by=each)
    hide(idea, by=cast.admin, reason="Advertising")
    decide(idea, cast.admin)
    tell_now()
    assert [who for who, _, _ in told(idea)] == ["Ines Duarte", "Mo Adeyemi"]


def test_of_an_entry_for_chosen_companies_the_chosen_are_told_once(make, cast, idea, tell_now, as_):
    """The author is of the chosen company, one voter is not, another is and said stop."""
    change_status(idea, to="shipped", by=cast.product_manager)
    for who in (cast.other_customer, stopped := make.person(company_id=cast.company.id, name="Stan")):
        make._save(Vote(person_id=who.id, idea_id=idea.id, value=1, cast_at=EPOCH))
    following.stop(idea, by=stopped)
    tell_now()
    db.session.execute(sa.delete(Notice))
    db.session.commit()
    entry = make.entry(title="Version 9", stage="draft", ideas=[idea], audience="companies")
    make._save(ChangelogAdmission(entry_id=entry.id, company_id=cast.company.id))
    publishing.publish(entry, by=cast.product_manager)
    for _ in range(2):
        tell_now()
    assert told(idea) == [("Ines Duarte", "announced", "author")]
    assert "In the changelog" in as_(cast.customer).get("/notices/").text


def test_of_an_entry_that_was_withdrawn_nobody_else_is_told(make, cast, idea, tell_now):
    change_status(idea, to="shipped", by=cast.product_manager)
    tell_now()
    db.session.execute(sa.delete(Notice))
    entry = make.entry(stage="draft", ideas=[idea])
    publishing.publish(entry, by=cast.product_manager)
    withdraw(entry, by=cast.product_manager, reason="Too early")
    tell_now()
    assert told(idea) == []


def test_the_rule_for_many_people_is_the_rule_for_one(make, cast):
    things = world.build(make, cast)
    things |= world.build_walled(make, cast, things)
    for name in (*world.WALLED, "idea", "hidden_idea"):
        for hidden in (False, True):
            idea = db.session.get(Idea, things[name].id)
            idea.hidden_at = clock.now() if hidden else None
            db.session.commit()
            people = (
                sa.select(Person.id).join(Idea, Idea.id == idea.id).join(Board, Board.id == Idea.board_id)
            )
            known = set(db.session.scalars(people.where(seeing.knowing())))
            for actor in ACTORS[1:]:
                one = visible_to(cast[actor]).where(Idea.id == idea.id)
                assert (cast[actor].id in known) == (db.session.scalar(one) is not None), (
                    name,
                    hidden,
                    actor,
                )


def crowd(make, idea, count):
    """Many people who voted long ago."""
    first = 1_000_000
    people = [
        {"id": first + n, "name": f"C{n}", "email": f"c{n}@example.com", "fs_uniquifier": f"c{n}", "created_at": EPOCH}
        for n in range(count)
    ]  # fmt: skip
    votes = [{"person_id": first + n, "idea_id": idea.id, "value": 1, "cast_at": EPOCH} for n in range(count)]
    db.session.execute(sa.insert(Person), people)
    db.session.execute(sa.insert(Vote), votes)
    db.session.commit()


def test_a_crowd_is_told_in_bounded_batches(make, cast, idea, tell_now, rows, monkeypatch):
    monkeypatch.setattr(telling, "BATCH", 100)
    crowd(make, idea, 730)
    decide(idea, cast.product_manager)
    tell_now()
    assert rows(Notice, kind="status") == 100
    batches = []
    tell = telling.tell
    monkeypatch.setattr(telling, "tell", lambda: batches.append(tell()) or batches[-1])
    assert cli.tell_waiting() == 631
    assert batches == [100] * 6 + [31, None]
    assert rows(Notice) == 731
    assert db.session.query(Telling).one().told == 731


def test_the_command_tells_who_waits(make, cast, idea, tell_now, run, monkeypatch):
    monkeypatch.setattr(telling, "BATCH", 2)
    crowd(make, idea, 5)
    decide(idea, cast.product_manager)
    tell_now()
    assert "4 people told." in run("notices", "deliver").output
    assert "0 people told." in run("notices", "deliver").output


class Story:
    """One idea and four people; what each did, and so who has to be told."""

    def __init__(self, make, cast, tell_now):
        self.cast, self.tell_now = cast, tell_now
        self.idea, self.people = make.idea(author=cast.customer), [make.person() for _ in range(4)]
        self.votes, self.follows, self.stopped, self.expected, self.decided = set(), {}, set(), [], 0

    def vote(self, who):
        casting.cast(self.idea, by=self.people[who])
        self.votes.add(who)
        self.follows.setdefault(who, "vote")

    def withdraw(self, who):
        casting.withdraw(self.idea, by=self.people[who])
        self.votes.discard(who)
        if self.follows.get(who) == "vote" and who not in self.stopped:
            del self.follows[who]

    def follow(self, who):
        following.follow(self.idea, by=self.people[who])
        self.follows[who] = "asked"
        self.stopped.discard(who)

    def stop(self, who):
        following.stop(self.idea, by=self.people[who])
        self.follows.setdefault(who, "asked")
        self.stopped.add(who)

    def comment(self, who):
        write(self.idea, by=self.people[who], body=f"Word {clock.now()}")
        if self.follows.get(who, "vote") == "vote":
            self.follows[who] = "comment"

    def decide(self, _who):
        self.decided += 1
        to = ("open", "planned", "started")[self.decided % 3]
        assert change_status(self.idea, to=to, by=self.cast.product_manager)
        self.expect()

    def answer(self, _who):
        answer(self.idea, by=self.cast.product_manager, body=f"Answer {clock.now()}")
        self.expect()

    def expect(self):
        self.tell_now()
        hearing = ({*self.votes} | {*self.follows}) - self.stopped
        self.expected += [self.people[each].id for each in hearing] + [self.cast.customer.id]


ACTS = st.sampled_from(["vote", "withdraw", "follow", "stop", "comment", "decide", "answer", "tell_now"])


@settings(max_examples=examples(12), deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(st.lists(st.tuples(ACTS, st.integers(0, 3)), max_size=20))
def test_each_is_told_once_of_each_entry_whatever_happens_in_between(make, cast, tell_now, acts):
    story = Story(make, cast, lambda *_: tell_now())
    for n, (act, who) in enumerate(acts):
        with clock.at(EPOCH + timedelta(days=90, hours=n)):
            getattr(story, act)(who)
    tell_now()
    got = db.session.query(Notice.person_id, Notice.entry_id).filter_by(idea_id=story.idea.id).all()
    assert len(set(got)) == len(got)
    assert sorted(person for person, _ in got) == sorted(story.expected)


def test_following_is_told_to_the_journal_once(cast, idea, rows):
    for _ in range(2):
        following.follow(idea, by=cast.other_customer)
    for _ in range(2):
        following.stop(idea, by=cast.other_customer)
    following.follow(idea, by=cast.other_customer)
    kinds = [each.kind for each in db.session.query(Entry).order_by(Entry.id)]
    assert kinds == ["idea_followed", "following_stopped", "idea_followed"]
    assert rows(Watch) == 1


def test_a_merge_is_told_once_to_those_whose_idea_it_was_and_so_is_parting(make, cast, tell_now, as_):
    board = make.board()
    old, source, target = (
        make.idea(board=board, author=author, title=title)
        for author, title in (
            (make.person(name="Olga"), "No bars"), (cast.customer, "Work without signal"), (make.person(name="Ted"), "Offline mode"),
        )
    )  # fmt: skip
    people = {name: make.person(name=name) for name in ("Vera", "Fil", "Stan", "Thea", "Otto", "Bea")}
    casting.cast(source, by=people["Vera"])
    following.follow(source, by=people["Fil"])
    casting.cast(source, by=people["Stan"])
    following.stop(source, by=people["Stan"])
    casting.cast(target, by=people["Thea"])
    casting.cast(old, by=people["Otto"])
    for each in (source, target):
        casting.cast(each, by=people["Bea"])
    merge(old, source, by=cast.product_manager)
    db.session.commit()
    tell_now()
    assert told(old) == [("Olga", "merged", "author"), ("Otto", "merged", "voter")]
    merge(source, target, by=cast.product_manager)
    db.session.commit()
    for _ in range(2):
        tell_now()
    affected = [
        ("Bea", "voter"), ("Fil", "follower"), ("Ines Duarte", "author"), ("Olga", "author"), ("Otto", "voter"), ("Vera", "voter"),
    ]  # fmt: skip
    assert told(source) == [(name, "merged", why) for name, why in affected]
    assert told(target) == []
    page = shown(as_(people["Vera"]).get("/notices/"))
    assert "It was merged into Offline mode. Your vote counts there, once." in page
    assert "What was voted and said counts there." in shown(as_(people["Fil"]).get("/notices/"))
    part(source, by=cast.product_manager)
    db.session.commit()
    for _ in range(2):
        tell_now()
    both = [(name, kind, why) for name, why in affected for kind in ("merged", "parted")]
    assert told(source) == both
    assert not part(source, by=cast.product_manager)
    assert "It was parted from Offline mode and stands for itself" in shown(
        as_(people["Vera"]).get("/notices/")
    )


def test_who_does_not_see_the_other_idea_is_told_no_more_than_that(make, cast, tell_now, as_):
    source = make.idea(author=cast.customer, title="Work without signal")
    secret = make.idea(board=make.board(audience="staff"), title="Quokka")
    merge(source, secret, by=cast.product_manager)
    db.session.commit()
    tell_now()
    page = as_(cast.customer).get("/notices/")
    assert "It was merged into another idea, which is not for everybody." in shown(page)
    assert "Quokka" not in page.text


def test_followers_of_the_changelog_are_told_of_an_entry_once_if_they_may_read_it(
    make, cast, idea, tell_now, as_, rows
):
    """Whoever hears of one of its ideas with it is not told twice; who followed later or may not read it, not at all."""
    names = ("Fil", "Vera", "Late", "Gone", "Elsewhere")
    fil, vera, late, gone, elsewhere = (make.person(name=name, company_id=cast.company.id) for name in names)
    elsewhere.company_id, gone.active = cast.other_company.id, False
    for each in (fil, vera, gone, elsewhere, cast.product_manager):
        changelog.follow(each)
    casting.cast(idea, by=vera)
    entry = make.entry(title="Version 9", stage="draft", ideas=[idea], audience="companies")
    make._save(ChangelogAdmission(entry_id=entry.id, company_id=cast.company.id))
    publishing.publish(entry, by=cast.product_manager)
    db.session.commit()
    changelog.follow(late)
    for _ in range(2):
        tell_now()
    people = sa.select(Person.name, Notice.why).join(Notice, Notice.person_id == Person.id)
    news = people.where(Notice.changelog_id == entry.id)
    assert db.session.execute(news).all() == [("Fil", "reader")]
    assert ("Vera", "status", "voter") in told(idea)
    page = as_(fil).get("/notices/")
    for words in ("Version 9", "because you follow the changelog", f'/changelog/{entry.id}"'):
        assert words in page.text
    assert "1 new<" in page.text
    stop = re.search(r'action="(/changelog/following[^"]*)"', page.text)[1]
    assert as_(fil).delete(stop).location == "/notices/"
    assert rows(ChangelogFollow, person_id=fil.id) == 0
    withdraw(entry, by=cast.product_manager, reason="Too early")
    db.session.commit()
    page = as_(fil).get("/notices/")
    assert "Version 9" not in page.text
    assert " new<" not in page.text
    restore(entry, by=cast.product_manager)
    tell_now()
    assert rows(Notice, changelog_id=entry.id) == 1
    fil.company_id = cast.other_company.id
    db.session.commit()
    assert "Version 9" not in as_(fil).get("/notices/").text


def test_followers_are_told_in_bounded_batches_and_not_of_what_was_withdrawn(
    make, cast, tell_now, rows, monkeypatch
):
    monkeypatch.setattr(telling, "BATCH", 2)
    for n in range(5):
        changelog.follow(make.person(name=f"F{n}"))
    entry = make.entry(stage="draft")
    publishing.publish(entry, by=cast.product_manager)
    tell_now()
    assert rows(Notice, changelog_id=entry.id) == 2
    withdraw(entry, by=cast.product_manager, reason="Too early")
    db.session.commit()
    while cli.telling.tell() is not None:
        db.session.commit()
    db.session.commit()
    assert rows(Notice, changelog_id=entry.id) == 2
    assert rows(Telling, done_at=None) == 0
