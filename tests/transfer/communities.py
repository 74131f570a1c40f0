"""Random communities, made by acts, of which an export has to carry everything."""

import random
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from portal import clock
from portal.accounts.handles.models import Handle
from portal.accounts.models import CompanyDomain, Erasure
from portal.accounts.permissions import Role
from portal.database import db
from portal.discussion import editing, writing
from portal.discussion.models import Label, Labelling, Link
from portal.errors import Refusal
from portal.ideas import deciding, submitting
from portal.ideas.changelog.models import ChangelogAdmission, ChangelogFollow, ChangelogKind
from portal.ideas.confirming import keeping
from portal.ideas.forgetting.models import Forgetting
from portal.ideas.grounds.models import Ground
from portal.ideas.inquiring.models import Inquiry, InquiryAnswer
from portal.ideas.merging.joining import bring, merge
from portal.ideas.merging.separating import part
from portal.ideas.models import Admission, Audience, Status
from portal.ideas.plans import planning
from portal.ideas.roadmap.models import Choice, RoadmapAdmission, RoadmapItem
from portal.ideas.standing import BoardStatus
from portal.moderation import flagging, hiding, locking
from portal.moderation.converting import queries as conversions
from portal.moderation.converting import separating
from portal.moderation.converting.asking import ask
from portal.moderation.converting.proposing import propose
from portal.moderation.models import FlagReason
from portal.moderation.workarounds import helping
from portal.moderation.workarounds.marking import mark
from portal.moderation.workarounds.models import Workaround
from portal.notifications.models import Watch
from portal.reputation.models import ImportedBadge
from portal.search.pairs.models import Pair
from portal.voting import casting, vouching
from portal.voting.demand.models import Rate
from portal.voting.models import Proof
from portal.voting.vouching import Evidence

START = datetime(2026, 3, 1, 12, 0, 0, 123_456, tzinfo=UTC)
TEXTS = (
    "Plain", "Two\nlines", "**bold** <script>alert(1)</script>", "=1+1", "Ünïcödé \U0001f389 \u202e x", '"quotes"', "| a | b |\n|---|---|\n| 1 | 2 |",
)  # fmt: skip


class Community:
    """A few people and companies, two boards, and as many random acts as asked for."""

    def __init__(self, make, seed, monkeypatch):
        self.chance = random.Random(seed)
        self.make = make
        self.now = START
        monkeypatch.setattr(clock, "now", lambda: self.now)
        companies = [
            make.company(name=f"Firm {n}", revenue=n * 1000.5, segment="Food", tier="small") for n in range(2)
        ]
        self.people = [make.person(company=self.chance.choice([*companies, None])) for _ in range(5)]
        self.people.append(make.person(email=None, confirmed_at=None, source_system="old", source_id="7"))
        self.staff = make.person(name="Mira", role=Role.ADMIN)
        gone = make.person(name="Former member", email=None, active=False, erased_at=START)
        make._save(Erasure(person_id=gone.id, at=START, by_id=self.staff.id, mail_mark="0" * 64))
        rules = {"votes_against": True, "most_per_idea": 3, "importance": True}
        self.boards = [
            make.board(**rules),
            make.board(half_life=7.5, audience=Audience.COMPANIES, vote_budget=50, **rules),
        ]
        self.companies = companies
        make._save(CompanyDomain(domain="firm.example", company_id=companies[0].id))
        make._save(Ground(key="cost", name="It costs too much"))
        make._save(BoardStatus(board_id=self.boards[1].id, key="open", name="New here"))
        day = START.date()
        make._save(
            Rate(
                currency="USD",
                house="EUR",
                rate=Decimal("0.91"),
                on=day,
                entered_by_id=self.staff.id,
                entered_at=START,
            )
        )
        make._save(Admission(board_id=self.boards[1].id, segment="Food"))
        self.ideas = [
            make.idea(
                board=self.boards[0],
                author=None,
                ghost_name="Ghost",
                imported_up=7,
                hot=3.25,
                imported_hot=3.25,
            )
        ]
        make._save(
            ImportedBadge(
                person_id=self.people[0].id, name="Old", awarded_at=START, source_system="o", source_id="1"
            )
        )

        make._save(Handle(person_id=self.people[0].id, place="github", address="@firm", added_at=START))
        self.make_roadmap(make)
        make.value(self.ideas[0], make.field(self.boards[0]), "An answer")
        make.field(self.boards[0], "Red", "Green")

        self.ask_once(make)
        self.merge_two()
        self.convert_some()
        self.work_around_one()

    def ask_once(self, make):
        """Whether the first idea is still wanted, which somebody said."""
        days = {"asked_at": START - timedelta(days=40), "until": START - timedelta(days=10)}
        end = {"ended_at": START - timedelta(days=20), "ended": "yes", "ended_by_id": self.people[0].id}
        inquiry = make._save(Inquiry(idea_id=self.ideas[0].id, **days, **end))
        said = {"inquiry_id": inquiry.id, "person_id": self.people[0].id, "says": "yes"}
        make._save(InquiryAnswer(**said, at=end["ended_at"]))
        forgotten = {"begun_at": end["ended_at"], "ended_at": end["ended_at"], "votes": 2}
        make._save(Forgetting(idea_id=self.ideas[0].id, **forgotten))

    def merge_two(self):
        """Two ideas that were merged and parted, which seem to be the same."""
        one = self.ideas[0]
        other = self.make.idea(board_id=one.board_id, author=self.people[0], title="Twin")
        self.ideas.append(other)
        merge(one, other, by=self.staff, reason="The same")
        part(one, by=self.staff)
        came = self.make.idea(board_id=one.board_id, author=self.people[0], title="Merged elsewhere")
        self.ideas.append(came)
        bring([came], other)
        self.make._save(Pair(one_id=one.id, other_id=other.id, covers=0.75, found_at=START))

    def convert_some(self):
        """Two questions that became ideas, one of which was parted again, and an idea that became a question."""
        kept, parted = (self.make.topic(author=self.people[0]) for _ in range(2))
        for topic in (kept, parted):
            propose(topic, board=self.boards[0], title=topic.title, body=topic.body, by=self.staff)
        separating.part(conversions.in_force(parted), by=self.staff, reason="No wish")
        asked = self.make.idea(board=self.boards[0], author=self.people[1], title="How so?")
        words = {"title": asked.title, "body": asked.body, "status": "declined"}
        ask(asked, category=self.make.category(), by=self.staff, **words)
        self.ideas.append(asked)

    def work_around_one(self):
        """A comment that was a workaround, another that is one and helps; and one in a question, which stays at home."""
        idea, answer = (
            self.make.idea(board=self.boards[0], author=self.staff),
            self.make.reply(self.make.topic()),
        )
        for who in self.people[:2]:
            casting.cast(idea, by=who)
        for comment in (self.make.comment(idea), self.make.comment(idea)):
            mark(idea, comment, by=self.staff)
            helping.say(idea, by=self.people[0])
        self.make._save(Workaround(idea_id=self.ideas[0].id, post=answer, marked_by=self.staff, at=START))

    def do_merge(self, _person, idea, text):
        merge(idea, self.chance.choice(self.ideas), by=self.staff, reason=text)

    def do_part(self, _person, idea, text):
        part(idea, by=self.staff, reason=text)

    def make_roadmap(self, make):
        """A roadmap for some with an idea placed by hand, and an entry of the changelog that ships it."""
        idea, whom = self.ideas[0], {"tier": "small"}
        roadmap = make.roadmap(boards=[self.boards[0]])
        make._save(RoadmapAdmission(roadmap_id=roadmap.id, **whom))
        item = {
            "choice": Choice.PINNED,
            "position": 7,
            "placed_for": "open",
            "by_id": self.staff.id,
            "at": START,
        }
        make._save(RoadmapItem(roadmap_id=roadmap.id, idea_id=idea.id, **item))
        entry = make.entry(ideas=[idea], kinds=["own"])
        make._save(ChangelogAdmission(entry_id=entry.id, **whom))
        make._save(ChangelogKind(key="own", name="Own", position=3))
        make._save(ChangelogFollow(person_id=self.people[0].id, since=START))

    def acts(self, number):
        """Do so many random things; what is refused is no harm."""
        deeds = [getattr(self, name) for name in dir(self) if name.startswith("do_")]
        for _ in range(number):
            self.now += timedelta(hours=self.chance.random() * 40, microseconds=self.chance.randrange(10**6))
            deed = self.chance.choice(deeds)
            with suppress(Refusal):
                deed(
                    self.chance.choice(self.people), self.chance.choice(self.ideas), self.chance.choice(TEXTS)
                )
            db.session.commit()

    def do_submit(self, person, _idea, text):
        board = self.chance.choice(self.boards)
        self.ideas.append(submitting.submit(board=board, by=person, title=text[:50], body=text))

    def do_vote(self, person, idea, _text):
        value = self.chance.choice((1, 1, 1, -1))
        weight = self.chance.choice((1, 2, 3)) if value > 0 else 1
        casting.cast(idea, by=person, value=value, weight=weight, importance=self.chance.choice((None, 1, 3)))

    do_vote_again = do_vote_once_more = do_vote

    def do_withdraw(self, person, idea, _text):
        casting.withdraw(idea, by=person)

    def do_vouch(self, person, idea, text):
        voter = self.chance.choice([person, *self.companies])
        vouching.add(idea, by=self.staff, voter=voter, evidence=Evidence(Proof.TEXT, "", text))

    def do_take_over(self, person, idea, _text):
        vouching.take_over(idea, by=person)

    def do_comment(self, person, idea, text):
        post = writing.write(idea, by=person, body=text)
        if self.chance.random() < 0.5:
            self.now += timedelta(minutes=1)
            writing.write(idea, by=self.staff, body=text, parent=post)

    def do_edit(self, _person, idea, text):
        editing.edit(idea, by=self.staff, title=f"{idea.title[:40]}!", body=text)

    def do_confirm(self, person, idea, _text):
        keeping.keep(idea, by=person)

    def do_status(self, _person, idea, text):
        deciding.change_status(
            idea, to=self.chance.choice(list(Status)), by=self.staff, reason=text, target="Q1"
        )

    def do_answer(self, _person, idea, text):
        deciding.answer(idea, by=self.staff, body=text)

    def do_plan(self, _person, idea, text):
        planning.plan(
            idea, by=self.staff, owner=self.staff, cost=text, impact="", review_on=date(2027, 1, 31)
        )

    def do_note(self, _person, idea, text):
        planning.note(idea, by=self.staff, body=text)

    def do_flag(self, person, idea, text):
        flagging.flag(idea, by=person, reason=FlagReason.SPAM, note=text)

    def do_hide(self, _person, idea, _text):
        hiding.hide(idea, by=self.staff, reason="Spam")

    def do_restore(self, _person, idea, _text):
        hiding.restore(idea, by=self.staff, reason="No spam")

    def do_lock(self, _person, idea, _text):
        locking.lock(idea, by=self.staff, reason="Enough")

    def do_label(self, _person, idea, _text):
        label = Label(name=f"label {self.now.timestamp()}")
        db.session.add(label)
        db.session.flush()
        db.session.add(Labelling(label_id=label.id, idea_id=idea.id))

    def do_follow(self, person, idea, _text):
        if not db.session.query(Watch).filter_by(person_id=person.id, idea_id=idea.id).first():
            db.session.add(Watch(person_id=person.id, idea_id=idea.id, since=self.now))

    def do_link(self, _person, idea, _text):
        other = self.chance.choice(self.ideas)
        db.session.add(Link(kind="related", from_idea_id=idea.id, to_idea_id=other.id, created_at=self.now))
