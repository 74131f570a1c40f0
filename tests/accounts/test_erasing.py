"""A person is erased: nothing says any more who it was, and every number stays as it was."""

import email
import json
import sqlite3
from email import policy

import pytest
import sqlalchemy as sa

from portal.accounts import changing, erasing, registering
from portal.accounts.models import Erasure, Person
from portal.activity.auditing import audit_all
from portal.activity.models import Entry
from portal.crm_bridge.models import CrmTombstone
from portal.database import Model, db
from portal.discussion import editing, writing
from portal.forums.models import Topic
from portal.ideas import deciding, submitting
from portal.ideas.models import Idea
from portal.moderation import flagging
from portal.search.asking import ask
from portal.voting import casting, vouching
from portal.voting.models import Proof, Vote
from portal.voting.tallying import demand_for
from tests.hostile.doors import PASSWORD

NAME, MAIL, WORD = "Wilhelmina Quist", "mina.quist@northwind.example", "wolverine"
COUNTS = ("votes_up", "weights_up", "score", "people", "accounts", "revenue", "comments", "title")
MARKS = (NAME, "mina.quist", WORD)


@pytest.fixture
def person(make, cast):
    """A customer who did what customers do, in the CRM too."""
    cast.company.revenue = 120_000
    return make.person(
        name=NAME, email=MAIL, company=cast.company, about=f"I like the {WORD}.", crm_consent=True
    )


@pytest.fixture
def lived(make, cast, person, catch_up, as_, run):
    """Others wanted `theirs`, which the person wants too, and one of the person's own; nobody wanted the other own one."""
    board = make.board(name="Mobile", most_per_idea=3)
    field = make.field(board, name="Where")
    wanted = submitting.submit(board=board, by=person, title="Offline mode", body=f"Signal of a {WORD}")
    alone = submitting.submit(board=board, by=person, title=f"A {WORD}", body=f"All of it {WORD}")
    make.value(alone, field, f"Where the {WORD} is")
    theirs = make.idea(board=board, author=cast.other_customer, title="Dark theme")
    for each, by in ((wanted, person), (theirs, person), (wanted, cast.customer), (alone, person)):
        casting.cast(each, by=by)
    post = writing.write(theirs, by=person, body=f"Comment {WORD}")
    editing.edit(post, by=person, body=f"Comment {WORD}, again")
    make.topic(
        author=person,
        title=f"Question {WORD}",
        body=f"How, {WORD}?",
        source_author_url="https://x.example/mina.quist",
    )
    make.draft(person, fields={"title": [f"Draft {WORD}"]})
    image = make.image(person)
    flagging.flag(theirs, by=person, reason="spam", note=f"Spam of a {WORD}")
    added = make.idea(board=board, author=cast.moderator)
    evidence = vouching.Evidence(Proof.CALL, text=f"{NAME} <{MAIL}> said so.")
    vouching.add(added, by=cast.product_manager, voter=person, evidence=evidence)
    changing.change_profile(person, name=NAME, about=f"Still {WORD}")
    deciding.change_status(wanted, to="planned", by=cast.product_manager)
    as_(person).get("/account/")
    catch_up()
    assert run("crm", "push").exit_code == 0
    return wanted, alone, theirs, post, image


def numbers():
    db.session.expire_all()
    ideas = db.session.scalars(sa.select(Idea).order_by(Idea.id))
    return [([getattr(each, name) for name in COUNTS[:-1]], demand_for(each.id)) for each in ideas]


def clean(run):
    differences = [(each.name, each.differences) for each in audit_all() if each.differences]
    return differences == [] and "Every balance" in run("reputation", "rebuild", "--check").output


def everything_kept():
    """Every value of every row, by where it stands."""
    for table in Model.metadata.sorted_tables:
        for row in db.session.execute(sa.select(table)).mappings():
            for column, value in row.items():
                yield f"{table.name}.{column}", json.dumps(value, default=str, ensure_ascii=False)


def found(*marks):
    return sorted({place for place, value in everything_kept() if any(mark in value for mark in marks)})


def mails(settings, to=""):
    parse = email.message_from_bytes
    files = sorted((settings.folder / "mail").glob("*.eml"))
    return [
        each for each in (parse(f.read_bytes(), policy=policy.default) for f in files) if to in each["to"]
    ]


def give_password(person):
    from flask_security.utils import hash_password

    person.password = hash_password(PASSWORD)
    db.session.commit()


def test_no_column_file_or_index_holds_anything_of_who_was_erased(
    lived, person, as_, run, catch_up, settings, tmp_path, rows, app
):
    before = numbers()
    assert {"person.name", "post.body", "draft.fields", "crm_link.last_fields"} <= set(found(*MARKS))
    give_password(person)
    browser = as_(person)
    answer = browser.delete("/account/erasure", data={"texts": "remove", "password": PASSWORD})
    assert (answer.status_code, answer.location) == (303, "/")
    assert "Your account is deleted." in browser.get("/").text
    # Until the next push, what was written last of the company tells which ideas its people want.
    assert found(*MARKS) == ["crm_link.last_fields"]
    assert found(NAME, "mina.quist") == []
    catch_up()
    assert run("crm", "push").exit_code == 0
    assert found(*MARKS) == []
    assert rows(CrmTombstone, entity="person", entity_id=person.id) == 1
    assert numbers() == before
    assert clean(run)
    # The one mail that is left is the receipt, which does not name them.
    (receipt,) = mails(settings, MAIL)
    assert "is not kept" in receipt.get_body(("plain",)).get_content()
    assert NAME not in receipt.as_string()
    path = tmp_path / "all.json"
    taken = run("transfer", "export", "ideas", "--format", "json", "--complete", "--output", str(path))
    assert taken.exit_code == 0, taken.output
    store = "\n".join(sqlite3.connect(settings.folder / "crm.sqlite").iterdump())
    for mark in MARKS:
        assert mark not in path.read_text()
        assert mark not in store
        assert app.extensions["search"].search(ask(mark)).hits == []


def test_what_was_written_may_stay_and_names_nobody(lived, person, cast, as_, catch_up, rows):
    wanted, _, theirs, *_ = lived
    before = numbers()
    erasing.erase(person, by=person)
    db.session.commit()
    catch_up()
    assert numbers() == before
    stranger = as_(None)
    for path in (
        f"/ideas/{wanted.id}",
        f"/ideas/{theirs.id}",
        f"/questions/{db.session.scalar(sa.select(Topic.id))}",
    ):
        page = stranger.get(path).text
        assert "Former member" in page
        assert NAME not in page
        # Neither a way to a profile that is not there, nor the company, which would say who it was.
        assert f"/people/{person.id}" not in page
        assert cast.company.name not in page
    assert WORD in stranger.get(f"/ideas/{theirs.id}").text
    assert stranger.get(f"/people/{person.id}").status_code == 404
    assert NAME not in as_(cast.admin).get("/admin/people").text
    assert "Former member" in as_(cast.product_manager).get("/desk/votes").text
    assert rows(Vote, person_id=person.id) == 4
    assert db.session.get(Person, person.id).company_id == cast.company.id


def test_texts_that_go_leave_a_sentence_and_what_others_said_keeps_its_title(lived, person, cast, as_, rows):
    wanted, alone, theirs, post, image = lived
    others = make_reply(person, cast)
    erasing.erase(person, by=person, texts=True)
    db.session.commit()
    db.session.expire_all()
    assert (wanted.title, wanted.body, wanted.summary) == ("Offline mode", erasing.REMOVED, erasing.REMOVED)
    assert alone.title == "Removed by its author"
    assert (post.body, post.is_hidden) == (erasing.REMOVED, False)
    assert others.body == "Like so."
    assert db.session.scalars(sa.select(Topic)).one().title == f"Question {WORD}"
    assert image.unused_since < post.edited_at
    assert erasing.REMOVED in as_(None).get(f"/ideas/{theirs.id}").text


def make_reply(person, cast):
    reply = writing.write(db.session.scalars(sa.select(Topic)).one(), by=cast.other_customer, body="Like so.")
    db.session.commit()
    return reply


def test_the_page_says_what_goes_and_asks_for_the_password(as_, person, rows):
    give_password(person)
    browser = as_(person)
    assert "/account/erasure" in browser.get("/account/").text
    page = browser.get("/account/erasure").text
    for words in ("This is final", "What goes:", "What stays, without your name:", "What we cannot reach:"):
        assert words in page
    for password in ("", "not this one"):
        answer = browser.delete("/account/erasure", data={"texts": "remove", "password": password})
        assert answer.status_code == 422
        assert 'checked id="texts-1"' in answer.text
    assert rows(Erasure) == 0
    assert browser.get("/account/").status_code == 200


def test_nobody_signs_in_any_more_and_the_address_begins_anew(app, as_, person, rows):
    give_password(person)
    browser, phone = as_(person), as_(person)
    old = person.id
    browser.delete("/account/erasure", data={"texts": "leave", "password": PASSWORD})
    assert {each.get("/account/").status_code for each in (browser, phone)} == {302}
    assert as_(None).post("/login", data={"email": MAIL, "password": PASSWORD}).status_code == 422
    anew = registering.register(name=NAME, email=MAIL, password="x")
    registering.confirm(anew)
    db.session.commit()
    assert anew.id != old
    assert (anew.company_id, rows(Vote, person_id=anew.id)) == (None, 0)
    assert rows(Erasure) == 1


def test_the_last_admin_stays(as_, cast, make, rows):
    give_password(cast.admin)
    answer = as_(cast.admin).delete("/account/erasure", data={"texts": "leave", "password": PASSWORD})
    assert answer.status_code == 409
    assert "is the last admin. Make somebody else an admin first." in answer.text
    assert rows(Erasure) == 0
    make.person(role="admin")
    assert as_(cast.admin).delete("/account/erasure", data={"password": PASSWORD}).status_code == 303
    assert db.session.get(Person, cast.admin.id).name == "Former staff"


def test_an_admin_erases_somebody_for_a_reason_that_does_not_name_them(as_, cast, person, rows, settings):
    desk, path = as_(cast.admin), f"/admin/people/{person.id}/erasure"
    assert "Erase this person" in desk.get(f"/admin/people/{person.id}").text
    assert desk.put(path, data={"texts": "leave", "reason": " "}).status_code == 422
    named = desk.put(path, data={"texts": "leave", "reason": f"Letter of {NAME.upper()}"})
    assert (named.status_code, rows(Erasure)) == (409, 0)
    assert "Leave the name and the mail address out" in named.text
    assert as_(cast.moderator).put(path, data={"texts": "leave", "reason": "Letter"}).status_code == 403
    for _ in range(2):
        assert desk.put(path, data={"texts": "leave", "reason": "Letter of 3 May"}).status_code == 303
    row = db.session.scalars(sa.select(Erasure)).one()
    assert (row.by_id, row.reason, row.texts) == (cast.admin.id, "Letter of 3 May", False)
    assert rows(Entry, kind="person_erased", actor_id=cast.admin.id) == 1
    assert "Erased" in desk.get(f"/admin/people/{person.id}").text
    assert desk.put(f"/admin/people/{cast.admin.id}/erasure", data={"reason": "x"}).status_code == 409
    assert len(mails(settings, MAIL)) == 1


def test_the_command_says_first_what_would_go(lived, person, run, rows, settings):
    before = dict(everything_kept())
    said = run("accounts", "erase", MAIL, "--reason", "Letter", "--texts", "--dry-run").output
    assert said.startswith("Would erase: ")
    for words in (
        "1 drafts",
        "1 comments and replies",
        "2 ideas",
        "1 questions",
        "1 proofs",
        "Nothing was changed.",
    ):
        assert words in said
    assert dict(everything_kept()) == before
    assert mails(settings, MAIL) == []
    assert run("accounts", "erase", MAIL.upper(), "--reason", "Letter").output.startswith("Erased: ")
    again = run("accounts", "erase", MAIL, "--reason", "Letter")
    assert (again.exit_code, "Somebody with it was erased before." in again.output) == (1, True)
    assert "erased before" in run("accounts", "erase", str(person.id), "--reason", "Letter").output
    assert rows(Erasure) == 1


def test_earlier_mails_in_the_folder_go(app, as_, person, settings):
    from portal.accounts import mailing

    mailing.post(MAIL, "Old", f"Hello {NAME}")
    mailing.deliver()
    erasing.erase(person, by=person)
    db.session.commit()
    mailing.deliver()
    (left,) = mails(settings, MAIL)
    assert left["subject"] == "Your account was deleted"


def test_what_the_person_did_meanwhile_is_cleared_after_it(lived, person, catch_up, make):
    """Acts that began before the erasure and came to their end after it."""
    erasing.erase(person, by=person, texts=True)
    db.session.commit()
    person.name, person.about = NAME, f"{WORD} again"
    make.draft(person, fields={"title": [f"Draft {WORD}"]})
    make.comment(lived[2], author=person, body=f"Late {WORD}")
    db.session.commit()
    catch_up()
    db.session.expire_all()
    assert person.name == "Former member"
    # The record of the company waits for the push.
    assert found(*MARKS) == ["crm_link.last_fields"]


def test_a_failure_on_the_way_leaves_all_as_it_was(lived, person, monkeypatch):
    before = dict(everything_kept())

    def fail(*_):
        raise RuntimeError("killed")

    monkeypatch.setattr(erasing, "_others", [*erasing._others, (99, fail)])
    with pytest.raises(RuntimeError):
        erasing.erase(person, by=person, texts=True)
    db.session.rollback()
    assert dict(everything_kept()) == before


def test_however_much_somebody_did_it_costs_the_same(lived, person, cast, make, at_most):
    for _ in range(30):
        make.comment(lived[2], author=person)
        make.topic(author=person)
    with at_most(queries=75) as seen:
        erasing.erase(person, by=person, texts=True)
        db.session.commit()
    few = make.person(email="few@example.com")
    with at_most(queries=len(seen)):
        erasing.erase(few, by=few, texts=True)
        db.session.commit()


def test_every_column_that_names_a_person_is_cleared_or_stays_for_a_reason():
    named = {
        f"{table.name}.{column.name}"
        for table in Model.metadata.tables.values()
        for column in table.columns
        for key in column.foreign_keys
        if key.column.table.name == "person"
    }
    decided = {each for columns in DECIDED.values() for each in columns.split()}
    assert named ^ decided == set()


DECIDED = {
    "the rows go": "changelog_follow.person_id draft.person_id export_link.person_id handle.person_id export_recipient.person_id "
    "imported_badge.person_id notice.person_id sign_in_session.person_id watch.person_id",
    "the rows stay, their words go": "saved_export.person_id vote.person_id",
    "the words go with the texts": "flag.person_id idea.author_id post.author_id topic.author_id verdict.person_id "
    "image.uploaded_by_id",
    "it is counted": "appeal.person_id confirmation.person_id crm_receipt.person_id crm_firing.person_id help.person_id inquiry_answer.person_id "
    "ledger_line.person_id ledger_line.actor_id topic.last_author_id",
    "it is the word of the company": "changelog_entry.written_by_id internal_note.author_id official_answer.author_id",
    "it says that somebody did it": "acceptance.accepted_by_id changelog_entry.decided_by_id conversion.by_id "
    "conversion.ended_by_id crm_aside.by_id crm_aside.ended_by_id crm_firing.done_by_id crm_job.by_id crm_pause.by_id crm_pause.ended_by_id crm_reading.by_id crm_reading_asked.by_id crm_rule_change.by_id crm_rule_test.by_id currency_rate.entered_by_id entry.actor_id erasure.by_id erasure.person_id "
    "export_file.by_id export_schedule.by_id flag.judged_by_id formula.made_by_id idea_merge.merged_by_id "
    "idea_merge.undone_by_id idea_pair.decided_by_id idea_plan.owner_id inquiry.ended_by_id "
    "moderation_act.moderator_id revision.edited_by_id roadmap_item.by_id score.scored_by_id "
    "status_change.changed_by_id upload.by_id vote.added_by_id workaround.ended_by_id workaround.marked_by_id",
}
