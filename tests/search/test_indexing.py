"""The index follows what people do, through the journal."""

import random

import pytest
import sqlalchemy as sa

from portal import clock
from portal.activity import journal
from portal.activity.events import ContentImported, IdeaEdited, PersonChanged
from portal.activity.models import Entry
from portal.database import db
from portal.discussion.editing import edit
from portal.discussion.writing import write
from portal.forums.starting import start
from portal.ideas.deciding import answer
from portal.ideas.models import Status
from portal.ideas.submitting import submit
from portal.moderation.hiding import hide, restore
from portal.notifications.models import Watch
from portal.search import queries
from portal.search.asking import ask
from portal.search.indexing import Indexing, rebuild
from portal.search.pairs.models import Unpaired


@pytest.fixture
def found(sought):
    """`found("words")`: what everybody may find now, as {("idea", 1), …}."""
    return lambda words: {(hit.kind, hit.id) for hit in sought().search(ask(words), limit=1_000).hits}


def test_what_is_written_can_be_found(cast, make, found):
    idea = submit(board=make.board(), by=cast.customer, title="Offline mode", body="In the cellar")
    topic = start(category=make.category(), by=cast.customer, title="Old totals", body="Since *Monday*")
    comment = write(idea, by=cast.other_customer, body="Yes please, in tunnels")
    reply = write(topic, by=cast.other_customer, body="Press refresh")
    assert found("offline") == found("cellar") == {("idea", idea.id)}
    assert found("totals") == found("monday") == {("topic", topic.id)}
    assert found("tunnel") == {("post", comment.id)}
    assert found("refresh") == {("post", reply.id)}
    assert found("Duarte") == {("idea", idea.id), ("topic", topic.id)}


def test_edits_and_official_answers_are_found(cast, make, found):
    idea = submit(board=make.board(), by=cast.customer, title="Offline mode", body="In the cellar")
    assert found("cellar")
    edit(idea, by=cast.customer, body="In the attic", title="Offline")
    assert found("attic") == {("idea", idea.id)}
    assert not found("cellar")
    answer(idea, by=cast.product_manager, body="Comes in spring", status=Status.PLANNED)
    assert found("spring") == found("attic") == {("idea", idea.id)}


def test_what_is_hidden_goes_and_what_is_restored_comes_back(cast, make, found):
    topic = start(category=make.category(), by=cast.customer, title="Tips", body="Cheap watches")
    reply = write(topic, by=cast.customer, body="More watches")
    below = write(topic, by=cast.other_customer, body="No watches please", parent=reply)
    everything = {("topic", topic.id), ("post", reply.id), ("post", below.id)}
    assert found("watches") == everything
    hide(reply, by=cast.moderator, reason="Advertising")
    assert found("watches") == {("topic", topic.id)}
    hide(topic, by=cast.moderator, reason="Advertising")
    assert found("watches") == set()
    restore(reply, by=cast.moderator, reason="Fine")
    assert found("watches") == set()
    restore(topic, by=cast.moderator, reason="Fine")
    assert found("watches") == everything


def test_an_import_is_read_in_bounded_pieces(cast, make, found, sought, monkeypatch):
    sought()
    monkeypatch.setattr(queries, "CHUNK", 3)
    idea = make.idea(title="Imported", source_system="old", source_id="1")
    posts = [make.comment(idea, body_html="<p>imported</p>", source_system="old") for _ in range(10)]
    make.idea(title="Imported elsewhere", source_system="other")
    journal.record(ContentImported(actor_id=None, source="old", ideas=1, topics=0, posts=10))
    assert found("imported") == {("idea", idea.id), *(("post", post.id) for post in posts)}


def test_a_new_name_is_found(cast, make, found):
    idea = submit(board=make.board(), by=cast.customer, title="Offline mode", body="In the cellar")
    assert found("duarte")
    cast.customer.name = "Ines Santos"
    journal.record(PersonChanged(actor_id=None, person_id=cast.customer.id, fields=["name"]))
    assert found("santos") == {("idea", idea.id)}
    assert not found("duarte")


def test_a_thing_that_is_gone_from_the_rows_is_taken_out(cast, make, sought, found):
    idea = submit(board=make.board(), by=cast.customer, title="Offline mode", body="x", vote=False)
    journal.record(ContentImported(actor_id=None, source="old", ideas=1, topics=0, posts=10))
    assert found("offline")
    gone = idea.id
    for beside in (Watch, Unpaired):
        db.session.execute(sa.delete(beside))
    db.session.delete(idea)
    journal.record(IdeaEdited(actor_id=None, idea_id=gone))
    assert not found("offline")


def test_a_missing_or_damaged_index_is_made_anew_from_the_rows(cast, make, found, sought, caplog):
    idea = submit(board=make.board(), by=cast.customer, title="Offline mode", body="In the cellar")
    assert found("offline")
    index = sought()
    for path in index._place().glob("*.seg"):
        path.write_bytes(b"rubbish")
    index._mine.place = None
    assert found("offline") == {("idea", idea.id)}
    warnings = [record.message for record in caplog.records if record.levelname == "WARNING"]
    assert warnings
    assert "making it anew" in warnings[0]


def test_the_first_index_is_nothing_to_warn_of(cast, make, found, sought, caplog):
    submit(board=make.board(), by=cast.customer, title="Offline mode", body="In the cellar")
    assert found("offline")
    assert not [record for record in caplog.records if record.levelname == "WARNING"]


def test_a_rebuild_is_the_same_index(cast, make, found, sought):
    with clock.at(cast.company.created_at):
        idea = submit(board=make.board(), by=cast.customer, title="Offline mode", body="In the cellar")
        write(idea, by=cast.customer, body="Really in the cellar")
        hide(write(idea, by=cast.customer, body="Spam in the cellar"), by=cast.moderator, reason="Spam")
    before = found("cellar")
    assert sum(rebuild(sought())) == 3
    assert found("cellar") == before
    assert len(before) == 2


def test_entries_read_twice_late_and_in_any_order_end_in_the_same_index(cast, make, found, sought):
    sought()
    topic = start(category=make.category(), by=cast.customer, title="Cellar tips", body="Cheap watches")
    posts = [write(topic, by=cast.customer, body=f"Cellar number{n}") for n in range(6)]
    for post in posts[:3]:
        hide(post, by=cast.moderator, reason="Spam")
    restore(posts[0], by=cast.moderator, reason="Fine")
    edit(posts[5], by=cast.customer, body="Attic")
    before = found("cellar")
    reader = Indexing(sought)
    entries = list(db.session.scalars(sa.select(Entry)))
    dice = random.Random(7)
    for _ in range(10):
        reader.read(dice.choices(entries, k=dice.randint(1, len(entries))))
        assert found("cellar") == before
    assert len(before) == 4
