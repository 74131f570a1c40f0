"""What a product manager builds is what the file holds: rows, columns, filters, formats, no more personal data than asked."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal import clock, tables
from portal.activity.models import Entry
from portal.database import db
from portal.discussion.models import Label, Labelling
from portal.errors import Conflict, Unusable
from portal.ideas import deciding
from portal.ideas.merging.joining import merge
from portal.ideas.models import Audience, Status
from portal.ideas.plans.models import Plan
from portal.transfer import exporting
from portal.transfer.building import Export
from portal.transfer.narrowing import Choice
from portal.transfer.presets import presets
from portal.transfer.rows.listing import KINDS
from portal.voting import casting, vouching
from portal.voting.models import Proof, Vote
from tests.transfer.taking_out import file_of, tables_of


@pytest.fixture
def idea(make, cast):
    """Wanted by three people of two companies, one of them critically."""
    board = make.board(name="Mobile", importance=True)
    idea = make.idea(author=cast.customer, title="Offline mode", board=board)
    for person in (cast.customer, cast.other_customer, make.person(name="Col League", company=cast.company)):
        casting.cast(idea, by=person)
    vote = db.session.query(Vote).filter_by(person_id=cast.other_customer.id).one()
    vote.importance = 3
    cast.company.segment, cast.other_company.segment = "Utilities", "Food"
    db.session.commit()
    return idea


@pytest.fixture
def take(tmp_path, cast):
    """`take(Export(…))`: its tables, as a product manager takes them out."""

    def take(export, viewer=None):
        db.session.commit()
        path, _ = exporting.packed(export, viewer=viewer or cast.product_manager, folder=tmp_path)
        found = tables_of(path.name, path.read_bytes())
        path.unlink()
        return found

    return take


def one(found):
    (rows,) = found.values()
    return rows


def test_a_row_for_each_idea_has_what_is_known_of_it(idea, take, cast, make):
    make._save(Plan(idea_id=idea.id, owner=cast.admin, review_on=date(2027, 3, 1), cost="Ten weeks"))
    deciding.change_status(
        idea, by=cast.product_manager, to=Status.DECLINED, reason="Too few", ground="costly"
    )
    names = (
        "number",
        "people",
        "accounts",
        "damped_weight",
        "importance_critical",
        "segments",
        "tiers",
        "owner",
    )
    (row,) = one(
        take(
            Export(
                "ideas",
                "json",
                (*names, "review_on", "cost", "status_name", "status_reason", "decline_reason"),
            )
        )
    )
    assert list(row) == [*names, "review_on", "cost", "status_name", "status_reason", "decline_reason"]
    assert (row["number"], row["people"], row["accounts"], row["importance_critical"]) == (idea.id, 3, 2, 1)
    assert row["damped_weight"] == 2.414
    assert row["segments"] == "Food (1), Utilities (1)"
    assert row["tiers"] == "enterprise (1), small (1)"
    assert (row["owner"], row["review_on"], row["cost"]) == ("Ada Byrne", "2027-03-01", "Ten weeks")
    assert (row["status_name"], row["status_reason"]) == ("Declined", "Too few")
    assert row["decline_reason"] == "It costs too much for what it brings"


def test_a_row_for_each_vote_can_say_what_is_known_of_its_idea(idea, take, cast):
    names = ("company", "voter", "importance", "idea_title", "idea_board", "idea_people", "revenue", "weight")
    rows = one(take(Export("votes", "json", names)))
    assert [row["voter"] for row in rows] == ["Ines Duarte", "Tomas Lind", "Col League"]
    assert rows[1] == {
        "company": "Harbor Foods", "voter": "Tomas Lind", "importance": "critical", "idea_title": "Offline mode",
        "idea_board": "Mobile", "idea_people": 3, "revenue": 9000, "weight": 1,
    }  # fmt: skip


def test_a_row_for_each_idea_and_voter_reads_like_uservoice(idea, make, take):
    make.idea(title="Nobody wants it", board_id=idea.board_id)
    rows = one(take(Export("voters", "csv")))
    assert [(row["ideaTitle"], row["userName"]) for row in rows] == [
        ("Offline mode", "Ines Duarte"),
        ("Offline mode", "Tomas Lind"),
        ("Offline mode", "Col League"),
        ("Nobody wants it", ""),
    ]
    assert len(rows[0]["linkedIdeaCreationDate"]) == len("2026-01-31 09:00:00")
    assert rows[0]["votersCount"] == "3"


def test_a_row_for_each_company_says_what_it_wants_most(idea, make, take, cast):
    other = make.idea(title="Dark theme", board_id=idea.board_id, status=Status.SHIPPED)
    make._save(Vote(person_id=cast.customer.id, idea_id=other.id, value=1, cast_at=clock.now()))
    proof = vouching.Evidence(Proof.CALL, text="They said so.")
    vouching.add(idea, by=cast.product_manager, voter=make.company(name="By phone"), evidence=proof)
    rows = one(take(Export("companies", "json", KINDS["companies"].usual)))
    assert [row["company"] for row in rows] == ["Northwind Utilities", "Harbor Foods", "By phone"]
    first = rows[0]
    assert (first["people"], first["ideas_wanted"], first["still_open"], first["shipped"]) == (2, 2, 1, 1)
    assert first["wants_most"] == "Offline mode; Dark theme"
    assert (rows[1]["critical"], rows[2]["people"], rows[2]["ideas_wanted"]) == (1, 0, 1)


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


HOSTILE = ["=cmd|' /C calc'!A0", "@SUM(1,1)", "+1", "-1", "\t=1", " =1", "＝1", 'a";b,c\nd', "é\u202e\x07", "</script>", "", "{{7*7}}"]  # fmt: skip


@pytest.mark.parametrize("kind", ["csv", "xlsx", "json"])
def test_hostile_words_come_back_and_run_nowhere(make, take, cast, kind):
    cells = [each for each in HOSTILE if each.strip()]
    board = make.board(name="=board()")
    for words in cells:
        person = make.person(name=words, company=make.company(name=words, segment=words, owner=words))
        idea = make.idea(title=words, body=words, board=board, author=person)
        casting.cast(idea, by=person)
    db.session.commit()
    for rows in KINDS:
        every = tuple(each.name for each in KINDS[rows].columns())
        (found,) = take(Export(rows, kind, every)).values()
        assert len(found) == len(cells)
        texts = [cell for row in found for cell in row.values() if isinstance(cell, str)]
        if kind != "json":
            assert [cell for cell in texts if cell.lstrip().startswith(("=", "+", "-", "@", "＝"))] == []
        name = {"ideas": "title", "votes": "idea_title", "voters": "ideaTitle", "companies": "company"}[rows]
        back = {row[name].removeprefix("'") for row in found}
        assert back == set(cells) or kind == "xlsx"
        assert len(back) == len(cells)


@pytest.mark.shared
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_given_formulas_run_in_no_spreadsheet(make, take, shared, kind):
    cases = json.loads((shared / "data/hostile/csv/cases.json").read_text())
    board, author = make.board(), make.person()
    for case in cases:
        # A NUL never gets as far as the database.
        words = case["value"].replace("\0", "\ufffd")
        make.idea(title=words[:300], body=words, board=board, author=author)
    rows = one(take(Export("ideas", kind)))
    assert len(rows) == len(cases)
    for row in rows:
        for cell in (row["title"], row["description"]):
            assert not str(cell or "").lstrip().startswith(("=", "+", "-", "@"))


@pytest.mark.parametrize("rows", ["both", *KINDS])
@pytest.mark.parametrize("kind", ["csv", "xlsx", "json"])
def test_the_same_rows_make_the_same_file(idea, tmp_path, cast, rows, kind):
    files = []
    for turn in range(2):
        (tmp_path / str(turn)).mkdir()
        path, _ = exporting.packed(
            Export(rows, kind), viewer=cast.product_manager, folder=tmp_path / str(turn)
        )
        files.append(path.read_bytes())
        assert [each.name for each in (tmp_path / str(turn)).iterdir()] == [path.name]
    assert files[0] == files[1]


def test_json_has_numbers_as_numbers_and_nothing_as_null(idea, take):
    (row,) = one(take(Export("ideas", "json")))
    assert (row["votes_count"], row["response"], row["original_number"]) == (3, None, None)
    assert datetime.fromisoformat(row["created_at"]).tzinfo == UTC
    both = take(Export("both", "json"))
    assert list(both) == ["ideas", "votes"]
    assert both["votes"][0]["revenue"] == 120000
    assert one(take(Export("ideas", "json", choice=Choice(top=1, status="parked")))) == []


def test_a_workbook_that_cannot_hold_all_rows_is_not_made(idea, take, monkeypatch, tmp_path):
    monkeypatch.setattr(exporting, "MOST_ROWS", 2)
    with pytest.raises(Conflict, match="Take CSV"):
        take(Export("votes", "xlsx"))
    assert list(tmp_path.iterdir()) == []


def test_what_another_slice_offers_is_there_at_once(idea, take):
    tables.offer(
        "tests",
        [tables.Column("mood", "Mood", "How it feels")],
        lambda ids, _viewer: {n: {"mood": n * 2} for n in ids},
    )
    try:
        assert "mood" in {each.name for each in KINDS["ideas"].columns()}
        (row,) = one(take(Export("ideas", "json", ("number", "mood"))))
        assert row == {"number": idea.id, "mood": idea.id * 2}
        assert one(take(Export("votes", "json", ("idea_mood",))))[0] == {"idea_mood": idea.id * 2}
    finally:
        tables._offered.pop("tests")
    export = Export("ideas", "json", ("number", "mood"))
    assert export.missing() == ["mood"]
    assert one(take(export)) == [{"number": idea.id}]


def test_presets_mean_something_today(idea, take):
    for each in presets():
        each.export.check()
        assert all(take(each.export).values())


@pytest.mark.parametrize("rows", ["ideas", "votes", "voters", "companies"])
def test_an_export_costs_the_same_queries_for_many(make, cast, at_most, tmp_path, rows):
    people = [make.person(company=make.company()) for _ in range(8)]
    for _ in range(12):
        idea = make.idea(author=cast.customer, board_id=make.board().id)
        for person in people:
            casting.cast(idea, by=person)
    db.session.commit()
    every = tuple(each.name for each in KINDS[rows].columns())
    with at_most(queries=20):
        exporting.packed(Export(rows, "csv", every), viewer=cast.product_manager, folder=tmp_path)


def builds(browser, **data):
    return browser.post("/exports/preview", data={"format": "csv", "rows": "votes"} | data)


def test_a_look_shows_the_first_rows_and_counts_people_and_takes_nothing_out(idea, as_, cast, rows):
    browser, before = as_(cast.product_manager), rows(Entry)
    page = builds(browser).text
    assert "<b>1 idea</b>, with personal data of <b>3 people</b>" in page
    assert "Tomas Lind" in page
    assert "Download" in page
    part = browser.htmx(
        "POST", "/exports/preview", data={"format": "csv", "rows": "votes", "impersonal": "y"}
    ).text
    assert "without personal data of customers" in part
    assert "Tomas Lind" not in part
    assert "<html" not in part
    assert "There is no company" in builds(browser, company="Nobody Ltd").text
    assert rows(Entry) == before


def test_who_voted_twice_is_one_person(idea, make, cast, as_):
    other = make.idea(title="Dark theme", board_id=idea.board_id)
    make._save(Vote(person_id=cast.customer.id, idea_id=other.id, value=1, cast_at=clock.now()))
    assert "<b>2 ideas</b>, with personal data of <b>3 people</b>" in builds(as_(cast.product_manager)).text


def test_a_look_costs_a_bounded_number_of_queries(idea, as_, cast, at_most):
    browser = as_(cast.product_manager)
    with at_most(queries=24):
        assert builds(browser).status_code == 200


def test_a_look_counts_no_further_than_it_must(make, as_, cast, monkeypatch):
    for name in ("meaning", "listing"):
        monkeypatch.setattr(f"portal.transfer.rows.{name}.FARTHEST", 2, raising=False)
    monkeypatch.setattr("portal.transfer.views.FARTHEST", 2)
    for _ in range(3):
        make.idea()
    assert "more than 2 ideas" in builds(as_(cast.product_manager)).text


def test_the_ticked_columns_are_the_columns_with_fider_s_first(idea, as_, cast):
    names = ["people", "title", "segments", "number"]
    rows = file_of(
        as_(cast.product_manager).post(
            "/exports/", data={"format": "csv", "rows": "ideas", "columns_ideas": [*names, "nonsense"]}
        )
    )
    assert list(rows[0]) == ["number", "title", "people", "segments"]
    entry = db.session.query(Entry).filter_by(kind="ideas_exported").one()
    assert entry.data == {
        "format": "csv", "filters": {}, "ideas": 1, "people": 0, "rows": "ideas", "columns": list(rows[0]),
    }  # fmt: skip


def test_what_was_personal_is_in_the_journal(idea, as_, cast):
    data = {"format": "json", "rows": "votes", "columns_votes": ["voter", "company", "idea_created_by"]}
    file_of(as_(cast.product_manager).post("/exports/", data=data))
    entry = db.session.query(Entry).filter_by(kind="ideas_exported").one()
    assert entry.actor_id == cast.product_manager.id
    assert (entry.data["personal"], entry.data["people"]) == (["voter", "idea_created_by"], 3)


def test_a_preset_fills_the_form_in(as_, cast):
    page = as_(cast.product_manager).get("/exports/new?preset=steering").text
    assert 'checked id="rows-1" name="rows" type="radio" value="ideas"' in page
    assert 'value="50"' in page
    assert as_(cast.product_manager).get("/exports/new?preset=nonsense").status_code == 200


def test_product_managers_take_out_boards_that_are_not_public(make, cast, take):
    make.idea(title="For staff", board=make.board(audience=Audience.STAFF))
    assert [row["title"] for row in one(take(Export("ideas", "csv")))] == ["For staff"]


NAMES = [each.name for each in KINDS["ideas"].columns()]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.sampled_from(NAMES), unique=True, min_size=1, max_size=8),
    st.sampled_from(["csv", "xlsx", "json"]),
    st.booleans(),
)
def test_any_columns_in_any_order_are_the_columns_of_the_file(idea, take, names, kind, is_secret):
    export = Export("ideas", kind, tuple(names), impersonal=is_secret)
    personal = {each.name for each in KINDS["ideas"].columns() if each.personal}
    wanted = [name for name in names if not (is_secret and name in personal)]
    (row,) = one(take(export)) or [{}]
    assert list(row) == wanted
    assert Export.read(export.words()) == export
    assert set(replace(export, impersonal=False).personal()) == personal & set(names)
