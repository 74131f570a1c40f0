"""One small community that the visibility matrix and the journeys look at: something of every kind and state."""

from datetime import timedelta
from typing import Any

from flask import current_app

from portal import clock
from portal.accounts.models import Erasure
from portal.activity.models import Entry
from portal.crm_bridge import connecting
from portal.crm_bridge.connections.jobs.models import CrmJob
from portal.crm_bridge.models import DEFAULT, CrmConnection, CrmLink
from portal.crm_bridge.pauses.models import CrmPause
from portal.crm_bridge.receipts.models import CrmReceipt
from portal.crm_bridge.rules.models import CrmFiring, CrmRule, CrmRuleChange, CrmRuleTest
from portal.discussion.models import Link
from portal.ideas.inquiring.models import Inquiry
from portal.ideas.merging.models import Merge
from portal.ideas.models import Admission, Audience
from portal.ideas.plans.models import InternalNote, Plan
from portal.moderation.converting.models import Conversion
from portal.moderation.workarounds.models import Workaround
from portal.notifications.models import Notice
from portal.search.pairs.models import Pair
from portal.transfer.building import Export
from portal.transfer.saved.delivering import hash_of
from portal.transfer.saved.models import ExportFile, ExportLink, ExportSchedule, SavedExport
from portal.voting.models import Vote
from tests.cast import ACTORS, Cast


def build(make: Any, cast: Cast) -> dict[str, Any]:
    """Names of things to things. Everything is by `customer` unless its name says otherwise."""
    hidden = {"hidden_at": clock.now(), "hidden_reason": "Advertising"}
    board, category = make.board(name="Mobile", quiet_months=12), make.category(name="Reports")
    world: dict[str, Any] = {"board": board, "category": category}
    world["idea"] = make.idea(board=board, author=cast.customer, title="Offline mode for field visits")
    world["hidden_idea"] = make.idea(board=board, author=cast.customer, title="Cheap watches", **hidden)
    world["comment"] = make.comment(world["idea"], author=cast.customer)
    world["hidden_comment"] = make.comment(world["idea"], author=cast.customer, **hidden)
    world["topic"] = make.topic(category=category, author=cast.customer, title="Report shows old totals")
    world["hidden_topic"] = make.topic(category=category, author=cast.customer, title="Cheap bags", **hidden)
    world["reply"] = make.reply(world["topic"], author=cast.other_customer)
    world["hidden_reply"] = make.reply(world["topic"], author=cast.customer, **hidden)
    world["draft"] = make.draft(cast.customer)
    world["notice"] = _told(make, cast.customer, world["idea"])
    world["roadmap"] = make.roadmap(name="What is coming", statuses=("open", "planned"))
    world["quarters"] = make.roadmap(name="By quarter", arrangement="quarter", statuses=("open",))
    world["staff_roadmap"] = make.roadmap(name="For the house", audience=Audience.STAFF, statuses=("open",))
    world["entry"] = make.entry(title="Reports load twice as fast", ideas=[world["idea"]], kinds=("better",))
    world["draft_entry"] = make.entry(title="Not yet", stage="draft")
    world["staff_entry"] = make.entry(title="For the house alone", audience=Audience.STAFF)
    world["withdrawn_entry"] = make.entry(
        title="Too early", stage="withdrawn", withdrawn_at=clock.now(), withdrawn_reason="Not there yet"
    )
    world["field"] = make.field(board, "Phone", "Tablet", name="Device", help="Where you would use it")
    make.value(world["idea"], world["field"], (1,))
    world["image"] = make.image(cast.customer, key="key-of-the-first-image")
    world |= _merged(make, cast, world["idea"])
    world |= _converted(make, cast, world)
    world["imported_person"] = make.person(
        email=None, name="Imported Ivan", source_system="old", source_id="1"
    )
    world["unconfirmed_person"] = make.person(name="New Nora", confirmed_at=None)
    world["closed_person"] = make.person(name="Gone Greta", active=False)
    world["erased_person"] = make.person(name="Nobody", email=None, active=False, erased_at=clock.now())
    world["upload"] = make.upload(cast.admin)
    world["saved_export"] = _export(make, cast)
    _refuse(make, cast.customer, world["idea"])
    world["receipted_person"] = _taken_out(make)
    world |= _ruled(make, cast, world)
    world |= _connected(make, cast)
    return world | {name: cast[name] for name in vars(cast) if name != "stranger"}


def _refuse(make: Any, person: Any, idea: Any) -> None:
    """The CRM took neither the contact of a person nor the vote on an idea."""
    connecting.make_default()
    for entity, idea_id, kind in (("person", 0, "contact"), ("vote", idea.id, "vote")):
        link = {"connection": DEFAULT, "entity": entity, "entity_id": person.id, "idea_id": idea_id}
        words = {"remote_type": kind, "message": "This address is taken", "field": "email", "attempts": 1}
        make._save(CrmLink(**link, **words, state="quarantined"))


def _taken_out(make: Any) -> Any:
    """Somebody who was erased, also in a CRM; a vote is still there."""
    person = make.person(name="Former member", email=None, active=False, erased_at=clock.now())
    make._save(Erasure(person_id=person.id, at=clock.now(), reason="Letter", cleared={"devices": 1}))
    line = {"person_id": person.id, "connection": "embedded", "vendor": "embedded", "at": clock.now()}
    said = {"reason": "erased", "answer": {"status": "erased"}, "remote_type": "contact", "records": 1}
    make._save(CrmReceipt(**line, **said, done="blanked", remote_id="7"))
    link = {"connection": DEFAULT, "entity": "vote", "entity_id": person.id, "idea_id": 1}
    make._save(CrmLink(**link, remote_type="vote", state="retry", message="The record is locked"))
    return person


def _told(make: Any, person: Any, idea: Any) -> Notice:
    """Somebody is told that an idea is under review."""
    moved = {"idea_id": idea.id, "author_id": idea.author_id, "old": "open", "new": "under_review"}
    entry = make._save(Entry(at=clock.now(), actor_id=None, kind="status_changed", data=moved))
    about = {"entry_id": entry.id, "idea_id": idea.id, "kind": "status", "what": "under_review"}
    return make._save(Notice(person_id=person.id, why="author", at=entry.at, **about))


def _ruled(make: Any, cast: Cast, world: dict[str, Any]) -> dict[str, Any]:
    """A rule that is on and was tested, with firings in several states; one is about what is hidden."""
    now, said = clock.now(), {"when": "text_written", "then": "task", "risk": True, "note": "Call them."}
    rule = make._save(CrmRule(name="At-risk wording", version=1, definition=said, on_since=now))
    facts = {"rule_id": rule.id, "version": 1, "at": now}
    make._save(
        CrmRuleChange(**facts, act="switched on", name=rule.name, definition=said, by=cast.product_manager)
    )
    found = {"at": now.isoformat(), "idea_id": world["idea"].id, "topic_id": None, "post_id": None}
    whose = {"person_id": cast.customer.id, "company_id": cast.company.id}
    examples = [found | whose | {"subject": f"person:{cast.customer.id}"}]
    examples.append(examples[0] | {"idea_id": world["hidden_idea"].id})
    counts = {"looked_at": 12, "fired": 2, "whole": True, "since": now}
    make._save(CrmRuleTest(**facts, by_id=cast.product_manager.id, examples=examples, **counts))
    firings = {}
    for n, (state, idea) in enumerate((("open", "idea"), ("failed", "idea"), ("dropped", "hidden_idea"))):
        when = {"happened_at": now, "fired_at": now, "subject": examples[0]["subject"], "event": f"entry:{n}"}
        does = {"note": "Call them.", "connection": "embedded", "tag": "", "person_id": None}
        more = {"idea_id": world[idea].id, "act": "task", "does": does, "failure": "In words."}
        firings[state] = make._save(
            CrmFiring(rule_id=rule.id, version=1, state=state, **when, **more, **whose)
        )
    return {"rule": rule, "open_firing": firings["open"].id, "failed_firing": firings["failed"].id}


EXPORT_TOKEN = "a token of the tests"


def _export(make: Any, cast: Cast) -> SavedExport:
    """A shared export with a schedule, whose file 1 is in the folder; EXPORT_TOKEN is in its mail."""
    now, words = clock.now(), Export("votes", "csv").words()
    saved: SavedExport = make._save(
        SavedExport(
            name="Steering meeting",
            person=cast.product_manager,
            shared=True,
            words=words,
            created_at=now,
            schedule=None,
        )
    )
    to = {"saved_id": saved.id, "by_id": cast.product_manager.id, "base": "http://localhost"}
    make._save(ExportSchedule(**to, every="week", hour=6, since=now, next_at=now + timedelta(days=7)))
    made = {
        "name": "1.csv",
        "made_at": now,
        "size": 6,
        "rows": 0,
        "people": 0,
        "expires_at": now + timedelta(days=7),
    }
    file: ExportFile = make._save(ExportFile(**to, due_at=now, days_kept=7, **made))
    make._save(
        ExportLink(
            file_id=file.id, person_id=cast.product_manager.id, token_hash=hash_of(EXPORT_TOKEN), sent_at=now
        )
    )
    folder = current_app.extensions["settings"].folder / "exports"
    folder.mkdir(exist_ok=True)
    (folder / "1.csv").write_text("number\n")
    return saved


def _merged(make: Any, cast: Cast, idea: Any) -> dict[str, Any]:
    """An idea that was merged into another one, and one that asks for the same and was not: people are asked whether they
    still want it."""
    twin = make.idea(board_id=idea.board_id, author=cast.customer, title="Field visits without a connection")
    merged = make.idea(
        board_id=idea.board_id, author=cast.customer, title="Working under ground", merged_into_id=idea.id
    )
    make.comment(merged, author=cast.customer)
    idea.sources = 1
    make._save(
        Merge(source=merged, target=idea, merged_by=cast.admin, at=clock.now(), reason="The same wish")
    )
    now = clock.now()
    make._save(Inquiry(idea_id=twin.id, asked_at=now - timedelta(days=1), until=now + timedelta(days=29)))
    pair = make._save(Pair(one_id=idea.id, other_id=twin.id, covers=0.8, found_at=clock.now()))
    return {"twin_idea": twin, "merged_idea": merged, "pair": pair.id}


def _converted(make: Any, cast: Cast, world: dict[str, Any]) -> dict[str, Any]:
    """A question that became an idea, and an answer to it that works around that, for which Tomas voted."""
    asked = make.topic(category=world["category"], author=cast.customer, title="Can reports be sent by mail?")
    proposed = make.idea(board=world["board"], author=cast.customer, title="Reports by mail")
    made = Conversion(
        made="idea", topic=asked, idea=proposed, by=cast.moderator, at=clock.now(), locked=False
    )
    answer = make.reply(asked, author=cast.other_customer, body="Save it as a file and send that.")
    make._save(Workaround(idea_id=proposed.id, post=answer, marked_by=cast.moderator, at=clock.now()))
    make._save(Vote(person_id=cast.other_customer.id, idea_id=proposed.id, value=1, cast_at=clock.now()))
    proposed.votes_up = proposed.weights_up = 1
    return {
        "asked_topic": asked,
        "workaround_answer": answer,
        "proposed_idea": proposed,
        "conversion": make._save(made).id,
    }


def _connected(make: Any, cast: Cast) -> dict[str, Any]:
    """A CRM that is paused, with a plan that was made and a record that it did not take."""
    now = clock.now()
    name = make._save(CrmConnection(name="sales", vendor="memory", settings={}, paused=True)).name
    make._save(CrmPause(connection=name, at=now, by_id=cast.admin.id, why="The CRM moves"))
    refused = {"state": "quarantined", "message": "No such owner", "field": "owner"}
    make._save(
        CrmLink(
            connection=name, entity="person", entity_id=cast.customer.id, remote_type="contact", **refused
        )
    )
    found = {
        "verbs": {"create": 1, "adopt": 0, "update": 0, "erase": 0},
        "equal": 3,
        "skipped": {"no consent": 2},
        "untold": 0,
        "lines": [["create", "person", cast.customer.id, 0, ""]],
    }
    job = CrmJob(connection=name, act="plan", by=cast.admin, at=now, stage="done", ended_at=now, found=found)
    return {"crm_connection": name, "crm_job": make._save(job).id}


STAFF = frozenset({"moderator", "product_manager", "admin"})
WALLED = {
    "signed_in_idea": frozenset(ACTORS) - {"stranger"},
    "company_idea": STAFF | {"customer"},
    "segment_idea": STAFF | {"other_customer"},
    "staff_idea": STAFF,
    "own_idea": STAFF | {"customer"},
}
"""Ideas behind walls, and who may know about each."""

WORDS = dict(zip(WALLED, ("quokka", "wombat", "potoroo", "numbat", "bilby"), strict=True))
"""The word that stands in all text of one of these ideas and nowhere else."""
NOTED = "platypus"
"""What staff noted on an idea that everybody sees."""
FILED = {"everybody": "pademelon", "author": "dunnart", "staff": "echidna", "planners": "kowari"}
"""What that idea has in fields of each circle."""


def build_walled(make: Any, cast: Cast, things: dict[str, Any]) -> dict[str, Any]:
    """Ideas on boards that are not for everybody, each with a comment, a vote and links; beside a world that is
    there. The comment of "own_idea" is "own_idea_comment", and so on; its board is "own_idea_board"."""
    cast.other_company.segment = "Food"
    boards = {
        "signed_in_idea": make.board(name="Members", audience=Audience.SIGNED_IN),
        "company_idea": make.board(name="Northwind only", audience=Audience.COMPANIES),
        "segment_idea": make.board(name="Food only", audience=Audience.COMPANIES),
        "staff_idea": make.board(name="House", audience=Audience.STAFF),
        "own_idea": make.board(name="Reports to us", own_only=True),
    }
    _admit(make, boards["company_idea"], company_id=cast.company.id)
    _admit(make, boards["segment_idea"], segment="Food")
    walled: dict[str, Any] = {f"{name}_board": board for name, board in boards.items()}
    for name, board in boards.items():
        author = {"staff_idea": cast.admin, "segment_idea": cast.other_customer}.get(name, cast.customer)
        text = f"Marsupial {WORDS[name]}"
        idea = walled[name] = make.idea(
            board=board, author=author, title=text, body=text, votes_up=1, weights_up=1
        )
        walled[f"{name}_comment"] = make.comment(idea, author=author, body=text)
        make._save(Vote(person_id=author.id, idea_id=idea.id, value=1, cast_at=clock.now()))
        for customer in (cast.customer, cast.other_customer):
            _told(make, customer, idea)
        for here in ({"from_idea_id": things["idea"].id}, {"from_topic_id": things["topic"].id}):
            make._save(Link(**here, to_idea_id=idea.id, kind="related", created_at=clock.now()))
    ideas = [walled[name] for name in boards]
    walled["walled_entry"] = make.entry(title="What was shipped", ideas=ideas)
    for circle, word in FILED.items():
        field = make.field(things["board"], name=f"Asked of {circle}", circle=circle)
        make.value(things["idea"], field, f"A {word}")
    make._save(Plan(idea_id=things["idea"].id, owner=cast.admin, cost=NOTED, impact=NOTED))
    words = {"body": NOTED, "body_html": f"<p>{NOTED}</p>", "cooked_with": "1", "at": clock.now()}
    make._save(InternalNote(idea_id=things["idea"].id, author=cast.admin, **words))
    return walled


def _admit(make: Any, board: Any, **whom: Any) -> None:
    make._save(Admission(board_id=board.id, **whom))
