"""Filters choose what is in a file, and nothing that is not meant for it gets in."""

import json
from datetime import UTC, date, datetime

import pytest

from portal import clock
from portal.database import db
from portal.discussion.models import Label, Labelling
from portal.errors import Unusable
from portal.ideas import deciding
from portal.ideas.merging.joining import merge
from portal.ideas.models import Audience, Status
from portal.ideas.plans.models import Plan
from portal.transfer.building import Export
from portal.transfer.narrowing import Choice
from portal.transfer.rows.listing import KINDS
from portal.voting.models import Vote
from tests.transfer.building.only import one


@pytest.mark.parametrize(
    ("choice", "found"),
    [
        ({"board": "Mobile"}, {"Offline mode"}),
        ({"status": "planned,started"}, {"Planned", "Started"}),
        ({"label": "iPad"}, {"Planned"}),
        ({"segment": "Food"}, {"Offline mode"}),
        ({"tier": "enterprise"}, {"Offline mode", "Planned"}),
        ({"company": "harbor foods"}, {"Offline mode"}),
        ({"owner": "ada@example.com"}, {"Started"}),
        ({"text": "OFFLINE mode"}, {"Offline mode"}),
        ({"since": date(2026, 3, 1), "until": date(2026, 3, 1)}, {"Started"}),
        ({"voted_until": date(2020, 1, 1)}, {"Planned"}),
        ({"top": 1}, {"Offline mode"}),
        ({"mine": True}, {"Planned"}),
        ({"order": "old", "top": 1}, {"Offline mode"}),
    ],
)
def test_filters_choose_ideas(idea, make, take, cast, choice, found):
    cast.admin.email = "ada@example.com"
    planned = make.idea(title="Planned", status=Status.PLANNED)
    started = make.idea(
        title="Started", status=Status.STARTED, created_at=datetime(2026, 3, 1, 23, 59, tzinfo=UTC)
    )
    old = datetime(2019, 5, 1, tzinfo=UTC)
    make._save(Vote(person_id=cast.customer.id, idea_id=planned.id, value=1, cast_at=old))
    label = make._save(Label(name="iPad"))
    make._save(Labelling(label_id=label.id, idea_id=planned.id))
    make._save(Plan(idea_id=started.id, owner=cast.admin))
    make._save(Plan(idea_id=planned.id, owner=cast.product_manager))
    rows = one(take(Export("ideas", "csv", choice=Choice(**choice))))
    assert {row["title"] for row in rows} == found
    assert Choice.read(Choice(**choice).words()) == Choice(**choice)


def test_labels_of_what_was_merged_count_as_in_the_lists(idea, make, take, cast, as_):
    """The filter, the column, the usual two tables, and the desk say the same."""
    for name, other in (
        ("Airports", make.idea(board_id=idea.board_id)),
        ("Travel", make.idea(board_id=idea.board_id)),
    ):
        make._save(Labelling(label_id=make._save(Label(name=name)).id, idea_id=other.id))
        merge(other, idea, by=cast.admin)
    own = db.session.query(Label).filter_by(name="Airports").one()
    make._save(Labelling(label_id=own.id, idea_id=idea.id))
    for export in (
        Export("ideas", "csv", choice=Choice(label="Travel")),
        Export("both", "xlsx", choice=Choice(label="Airports")),
    ):
        (row,) = take(export)["ideas" if export.rows == "both" else ""]
        assert (row["title"], row["tags"]) == ("Offline mode", "Airports, Travel")
    travel = db.session.query(Label).filter_by(name="Travel").one()
    desk = as_(cast.product_manager).get(f"/desk/?sort=new&label={travel.id}").text
    assert "Offline mode" in desk


def test_filters_of_votes_choose_votes_too(idea, take):
    rows = one(take(Export("votes", "csv", choice=Choice(segment="Food"))))
    assert [row["voter"] for row in rows] == ["Tomas Lind"]
    rows = one(take(Export("companies", "csv", choice=Choice(segment="Food"))))
    assert [row["company"] for row in rows] == ["Harbor Foods"]


@pytest.mark.parametrize(
    ("choice", "says"),
    [
        ({"board": "Nowhere"}, "There is no board"),
        ({"status": "open,done"}, "There is no status 'done'"),
        ({"company": "Nobody Ltd"}, "There is no company"),
        ({"company": "Twice"}, "There are several companies"),
        ({"owner": "ines@example.com"}, "Nobody of the staff"),
    ],
)
def test_a_filter_that_means_nothing_is_refused(idea, make, take, choice, says):
    make.company(name="Twice")
    make.company(name="twice")
    with pytest.raises(Unusable, match=says):
        take(Export(choice=Choice(**choice)))


def test_without_personal_data_no_person_is_in_any_file(idea, make, take, cast):
    make._save(Plan(idea_id=idea.id, owner=cast.admin))
    deciding.answer(idea, by=cast.product_manager, body="We plan it.", status=Status.PLANNED)
    people = [cast.customer, cast.other_customer, cast.product_manager, cast.admin]
    names = [word for each in people for word in (each.name, each.email)]
    for rows in ("ideas", "votes", "voters", "companies", "both"):
        kind = KINDS["ideas" if rows == "both" else rows]
        every = tuple(each.name for each in kind.columns())
        for is_secret in (False, True):
            export = Export(rows, "json", every, impersonal=is_secret)
            text = json.dumps(take(export), ensure_ascii=False)
            found = [name for name in names if name in text]
            assert (found == []) is (is_secret or rows == "companies"), (rows, found)
            assert bool(export.personal()) is not is_secret


def test_hidden_ideas_never_leave_not_even_for_admins(make, take, cast):
    make.idea(title="Cheap watches", hidden_at=clock.now(), hidden_reason="Spam", author=cast.admin)
    for rows in ("ideas", "votes", "voters", "companies", "both"):
        found = take(Export(rows, "csv"), cast.admin)
        assert not any(found.values())


def test_product_managers_take_out_boards_that_are_not_public(make, cast, take):
    make.idea(title="For staff", board=make.board(audience=Audience.STAFF))
    assert [row["title"] for row in one(take(Export("ideas", "csv")))] == ["For staff"]
