"""A look shows what an export would hold, and what it holds of persons."""

from portal import clock
from portal.activity.models import Entry
from portal.database import db
from portal.voting.models import Vote
from tests.transfer.taking_out import file_of


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
