"""A person takes along all that is kept of them, and nothing that only tells of others."""

import pytest
import sqlalchemy as sa

from portal.activity.models import Entry
from portal.database import Model, db
from portal.discussion import editing, writing
from portal.ideas import submitting
from portal.transfer.own.gathering import LEFT_OUT, PARTS
from portal.voting import casting, vouching
from portal.voting.models import Proof

SECRET = "wolverine"


@pytest.fixture
def lived(make, cast, catch_up):
    """A customer did what customers do; others did the same beside them, with a word of their own."""
    board = make.board(name="Mobile")
    for circle in ("everybody", "author", "staff"):
        make.field(board, name=f"For {circle}", circle=circle)
    for person, word in ((cast.customer, "mine"), (cast.other_customer, SECRET)):
        idea = submitting.submit(board=board, by=person, title=f"Offline {word}", body=f"Signal {word}")
        casting.cast(idea, by=person)
        post = writing.write(idea, by=person, body=f"Comment {word}")
        editing.edit(post, by=person, body=f"Comment {word}, again")
        make.topic(author=person, title=f"Question {word}")
        make.draft(person, fields={"title": [f"Draft {word}"]})
        make.image(person, key=f"image-{word}".ljust(22, "x"))
    theirs = make.idea(board=board, author=cast.other_customer, title=f"Of another {SECRET}")
    proof = vouching.Evidence(Proof.CALL, text=f"They said {SECRET}.")
    vouching.add(theirs, by=cast.product_manager, voter=cast.customer, evidence=proof)
    for field_id, circle in enumerate(("mine", "mine", SECRET), 1):
        own = db.session.scalar(sa.text("SELECT min(id) FROM idea"))
        db.session.execute(
            sa.text("INSERT INTO field_value (idea_id, field_id, slot, text) VALUES (:i, :f, 0, :t)"),
            {"i": own, "f": field_id, "t": f"Value {circle}"},
        )
    cast.customer.password = SECRET
    catch_up()


def test_everything_of_a_person_and_nothing_of_others_is_in_the_file(as_, cast, lived, rows):
    customer = as_(cast.customer)
    assert "Download your data" in customer.get("/account/data/").text
    assert "/account/data/" in customer.get("/account/").text
    answer = customer.post("/account/data/")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=your-data-")
    assert answer.headers["Cache-Control"] == "private, no-store"
    file = answer.get_json()
    assert SECRET not in answer.text
    assert file["profile"][0]["email"] == cast.customer.email
    assert file["profile"][0]["company"] == cast.company.name
    assert [each["title"] for each in file["ideas"]] == ["Offline mine"]
    assert [each["body"] for each in file["posts"]] == ["Comment mine, again"]
    assert [each["body"] for each in file["texts_before_an_edit"]] == ["Comment mine"]
    assert [each["title"] for each in file["topics"]] == ["Question mine"]
    assert [each["fields"] for each in file["drafts"]] == [{"title": ["Draft mine"]}]
    assert [each["text"] for each in file["details"]] == ["Value mine", "Value mine"]
    assert [each.get("proof_kind") for each in file["votes"]] == [None, "call"]
    assert {each["because"] for each in file["following"]} == {"idea"}
    assert len(file["images"]) == len(file["devices"]) == 1
    assert {each["kind"] for each in file["acts"]} >= {
        "idea_submitted",
        "vote_cast",
        "post_written",
        "post_edited",
    }
    assert all(isinstance(file[part.name], list) for part in PARTS)
    assert rows(Entry, kind="own_data_taken", actor_id=cast.customer.id) == 1


def test_texts_before_an_edit_are_of_who_wrote_them_and_not_of_the_moderator_who_changed_them(
    as_, cast, make
):
    idea = make.idea(author=cast.customer)
    for thing in (idea, make.comment(idea, author=cast.customer), make.topic(author=cast.customer)):
        editing.edit(thing, by=cast.customer, body=f"Call {SECRET}")
        editing.edit(thing, by=cast.moderator, body="Call us")
    db.session.commit()
    assert SECRET not in as_(cast.moderator).post("/account/data/").text
    file = as_(cast.customer).post("/account/data/").get_json()
    assert [each["body"] for each in file["texts_before_an_edit"]].count(f"Call {SECRET}") == 3


def test_a_count_that_the_board_hides_is_not_in_the_file(as_, cast, make):
    idea = make.idea(board=make.board(counts_hidden="until_voted"), author=cast.customer)
    casting.cast(idea, by=cast.other_customer)
    db.session.commit()
    (own,) = as_(cast.customer).post("/account/data/").get_json()["ideas"]
    assert not [name for name in own if name.startswith("votes")]


def test_somebody_who_did_nothing_gets_a_file_too(as_, make):
    file = as_(make.person(name="Zoë “Quote” \\ Back")).post("/account/data/").get_json()
    assert file["profile"][0]["name"] == "Zoë “Quote” \\ Back"
    assert file["votes"] == []


def test_it_costs_the_same_however_much_there_is(as_, make, cast, lived, at_most):
    customer = as_(cast.customer)
    for _ in range(2):
        with at_most(queries=len(PARTS) + 8):
            customer.post("/account/data/")
        for _ in range(20):
            make.idea(author=cast.customer)


def test_every_column_that_names_a_person_is_in_the_file_or_left_out_for_a_reason():
    named = {
        f"{table.name}.{column.name}"
        for table in Model.metadata.tables.values()
        for column in table.columns
        for key in column.foreign_keys
        if key.column.table.name == "person"
    }
    inside = {f"{part.whose.class_.__tablename__}.{part.whose.key}" for part in PARTS}
    left_out = {each for columns in LEFT_OUT.values() for each in columns}
    assert named - inside - left_out == set()
    assert left_out - named == set()
    assert inside & left_out == set()
