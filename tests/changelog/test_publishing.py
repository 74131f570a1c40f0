"""Publishing: once, at its time, by whoever comes first; its ideas are shipped and those who wanted them reached once."""

import contextvars
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from portal import clock
from portal.activity.models import Entry
from portal.activity.reading import never
from portal.database import db
from portal.errors import Conflict, NotAllowed
from portal.ideas import deciding
from portal.ideas.changelog import linking, publishing, withdrawing, writing
from portal.ideas.changelog.models import ChangelogEntry, Stage
from portal.ideas.changelog.views import publish_due
from portal.ideas.models import Idea, StatusChange
from portal.ideas.standing import BoardStatus
from portal.voting import casting

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def entry(make, cast):
    """A draft that tells of one planned and one shipped idea."""
    ideas = [make.idea(title="Offline mode", status="planned"), make.idea(title="Labels", status="shipped")]
    return make.entry(title="Version 8", stage="draft", ideas=ideas, written_by_id=cast.product_manager.id)


def told(*kinds):
    """What was journaled of these kinds (all of them when none is named), without points."""
    entries = db.session.query(Entry).filter(Entry.kind != "reputation_changed").order_by(Entry.id)
    return [(each.kind, each.data) for each in entries if not kinds or each.kind in kinds]


def ideas_of(entry):
    db.session.expire_all()
    return sorted((idea.title, idea.status) for idea in db.session.query(Idea))


def test_publishing_ships_its_ideas_with_one_event_for_each_and_one_for_itself(cast, entry):
    assert publishing.publish(entry, by=cast.product_manager)
    db.session.commit()
    assert ideas_of(entry) == [("Labels", "shipped"), ("Offline mode", "shipped")]
    [changed, announced, published] = told()
    assert (changed[0], changed[1]["idea_id"], changed[1]["new"]) == ("status_changed", 1, "shipped")
    assert (announced[0], announced[1]["idea_id"]) == ("idea_announced", 2)
    assert published == ("changelog_published", {"entry_id": entry.id, "idea_ids": [1, 2]})
    assert "see the changelog: Version 8" in db.session.query(StatusChange).one().reason
    assert not publishing.publish(entry, by=cast.admin)
    assert len(told("changelog_published")) == 1


def test_an_entry_that_is_not_for_everybody_is_named_nowhere(cast, entry):
    entry.audience = "staff"
    assert publishing.publish(entry, by=cast.product_manager)
    db.session.commit()
    assert ideas_of(entry) == [("Labels", "shipped"), ("Offline mode", "shipped")]
    assert "Version 8" not in (db.session.query(StatusChange).one().reason or "")
    assert [kind for kind, _ in told()] == ["status_changed", "changelog_published"]


def test_the_worker_publishes_at_its_time_also_after_it_was_down(cast, entry):
    with clock.at(NOON):
        assert publishing.schedule(entry, NOON + HOUR, by=cast.product_manager)
        db.session.commit()
        publish_due(never)
        assert db.session.get_one(ChangelogEntry, entry.id).stage == Stage.SCHEDULED
    with clock.at(NOON + 30 * HOUR):
        publish_due(never)
        publish_due(never)
        late = db.session.get_one(ChangelogEntry, entry.id)
        assert (late.stage, late.published_at, late.publish_at) == ("published", NOON + 30 * HOUR, None)
    assert ideas_of(entry) == [("Labels", "shipped"), ("Offline mode", "shipped")]
    assert len(told("changelog_published")) == 1


def test_eight_workers_at_once_publish_it_once(app, cast, entry):
    with clock.at(NOON):
        publishing.schedule(entry, NOON + HOUR, by=cast.product_manager)
    db.session.commit()

    def work(_):
        def inside():
            with app.app_context(), clock.at(NOON + HOUR):
                publish_due(never)
                db.session.remove()

        contextvars.Context().run(inside)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    db.session.expire_all()
    kinds = [kind for kind, _ in told()]
    assert kinds.count("changelog_published") == 1
    assert kinds.count("status_changed") == 1
    assert kinds.count("idea_announced") == 1


def test_a_worker_that_dies_halfway_published_nothing(cast, entry, monkeypatch):
    with clock.at(NOON):
        publishing.schedule(entry, NOON + HOUR, by=cast.product_manager)
    db.session.commit()
    key = entry.id

    def die(*_any, **_words):
        raise SystemExit("killed")

    with clock.at(NOON + HOUR), monkeypatch.context() as patch:
        patch.setattr(publishing, "ChangelogPublished", die)
        with pytest.raises(SystemExit):
            publish_due(never)
        db.session.rollback()
    assert ideas_of(entry) == [("Labels", "shipped"), ("Offline mode", "planned")]
    assert told("changelog_published", "status_changed") == []
    with clock.at(NOON + HOUR):
        publish_due(never)
    assert db.session.get_one(ChangelogEntry, key).stage == Stage.PUBLISHED


def test_one_that_fails_keeps_no_other(make, cast, entry, monkeypatch):
    other = make.entry(title="Version 9", stage="draft")
    with clock.at(NOON):
        for each in (entry, other):
            publishing.schedule(each, NOON + HOUR, by=cast.product_manager)
    db.session.commit()
    keys, right = (entry.id, other.id), publishing.close_loop

    def fail(which, *rest, **words):
        if which.id == keys[0]:
            raise RuntimeError("no")
        right(which, *rest, **words)

    monkeypatch.setattr(publishing, "close_loop", fail)
    with clock.at(NOON + HOUR):
        publish_due(never)
    assert [db.session.get_one(ChangelogEntry, key).stage for key in keys] == ["scheduled", "published"]


def test_who_may_decide_no_more_publishes_nothing_and_the_draft_says_so(as_, cast, entry):
    with clock.at(NOON):
        publishing.schedule(entry, NOON + HOUR, by=cast.product_manager)
    cast.product_manager.role = "customer"
    db.session.commit()
    with clock.at(NOON + HOUR):
        publish_due(never)
    held = db.session.get_one(ChangelogEntry, entry.id)
    assert held.stage == Stage.DRAFT
    assert "may not decide any more" in held.held_because
    assert held.held_because[:10] in as_(cast.admin).get("/changelog/drafts").text


def test_a_board_with_words_of_its_own_ships_in_its_own_words(make, cast, rows):
    board, nothing = make.board(), make.board()
    make._save(BoardStatus(board_id=board.id, key="open", name="Open"))
    make._save(BoardStatus(board_id=board.id, key="live", name="Live", meaning="complete", votes="returned"))
    make._save(BoardStatus(board_id=nothing.id, key="open", name="Open"))
    ideas = [make.idea(board=board), make.idea(board=nothing)]
    hidden = make.idea(board=board, hidden_at=clock.now())
    entry = make.entry(stage="draft", ideas=[*ideas, hidden])
    publishing.publish(entry, by=cast.admin)
    db.session.commit()
    assert [ideas[0].status, ideas[1].status, hidden.status] == ["live", "open", "open"]
    assert [kind for kind, _ in told("status_changed", "idea_announced")] == [
        "status_changed",
        "idea_announced",
    ]


def test_votes_are_returned_when_an_entry_ships_their_idea(make, cast, rows):
    idea = make.idea()
    casting.cast(idea, by=cast.customer)
    entry = make.entry(stage="draft", ideas=[idea])
    publishing.publish(entry, by=cast.admin)
    db.session.commit()
    from portal.voting.models import Vote

    assert db.session.query(Vote).one().returned_at is not None


def test_an_idea_that_is_linked_later_is_shipped_at_once_and_the_entry_says_that_it_was_edited(
    make, cast, entry
):
    publishing.publish(entry, by=cast.product_manager)
    idea = make.idea(title="Later")
    assert linking.link(entry, idea, by=cast.product_manager)
    assert not linking.link(entry, idea, by=cast.product_manager)
    db.session.commit()
    assert idea.status == "shipped"
    assert entry.edited_at is not None
    assert linking.unlink(entry, idea.id, by=cast.product_manager)
    assert not linking.unlink(entry, idea.id, by=cast.product_manager)
    assert idea.status == "shipped"
    assert len(told("changelog_published")) == 1


def test_scheduling_and_thinking_again(cast, entry):
    by = cast.product_manager
    with clock.at(NOON):
        with pytest.raises(Conflict, match="This moment is over"):
            publishing.schedule(entry, NOON, by=by)
        assert publishing.schedule(entry, NOON + HOUR, by=by)
        assert not publishing.schedule(entry, NOON + HOUR, by=by)
        assert publishing.schedule(entry, None, by=by)
        assert entry.stage == Stage.DRAFT
        publishing.publish(entry, by=by)
        with pytest.raises(Conflict, match="published already"):
            publishing.schedule(entry, NOON + HOUR, by=by)


def test_withdrawing_and_restoring(as_, cast, entry):
    by = cast.product_manager
    with pytest.raises(Conflict, match="Nobody has read"):
        withdrawing.withdraw(entry, by=by, reason="x")
    publishing.publish(entry, by=by)
    assert withdrawing.withdraw(entry, by=by, reason="The <b>build</b> was broken")
    assert not withdrawing.withdraw(entry, by=by, reason="Again")
    db.session.commit()
    page = as_(None).get(f"/changelog/{entry.id}")
    assert page.status_code == 410
    assert "The &lt;b&gt;build&lt;/b&gt; was broken" in page.text
    assert "Version 8" not in as_(None).get("/changelog/").text
    assert "Version 8" not in as_(None).get("/changelog/feed.atom").text
    assert "Version 8" not in as_(None).get("/ideas/1").text.replace("see the changelog: Version 8", "")
    with pytest.raises(Conflict, match="Restore it first"):
        writing.change(entry, by=by, title="x", body="y", audience="public", kinds=[], chosen=None)
    assert withdrawing.restore(entry, by=by)
    assert not withdrawing.restore(entry, by=by)
    db.session.commit()
    assert as_(None).get(f"/changelog/{entry.id}").status_code == 200
    assert len(told("changelog_published")) == 1


@pytest.mark.parametrize("who", ["customer", "moderator"])
def test_only_who_decides(cast, entry, who):
    by = cast[who]
    for act in (
        lambda: publishing.publish(entry, by=by),
        lambda: publishing.schedule(entry, NOON, by=by),
        lambda: withdrawing.withdraw(entry, by=by, reason="x"),
        lambda: withdrawing.restore(entry, by=by),
        lambda: linking.link(entry, db.session.get_one(Idea, 1), by=by),
        lambda: linking.unlink(entry, 1, by=by),
        lambda: writing.write(by=by, title="x", body="y", audience="public"),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_the_page_of_an_idea_names_the_entry_to_those_who_may_read_it(as_, make, cast):
    idea = make.idea(status="shipped", status_at=clock.now())
    db.session.add(StatusChange(idea_id=idea.id, old="open", new="shipped", at=clock.now()))
    make.entry(title="Only for the house", audience="staff", ideas=[idea])
    assert "Only for the house" not in as_(cast.customer).get(f"/ideas/{idea.id}").text
    assert "Only for the house" in as_(cast.moderator).get(f"/ideas/{idea.id}").text
    make.entry(title="For everybody", ideas=[idea])
    page = as_(None).get(f"/ideas/{idea.id}").text
    assert page.count("For everybody") == 2
    deciding.change_status(idea, to="open", by=cast.admin)
    db.session.commit()
    assert "Shipped in" in as_(None).get(f"/ideas/{idea.id}").text
