"""Drawing roadmaps: what shows on them, in which order, and to whom."""

import pytest

from portal.activity.models import Entry
from portal.database import db
from portal.ideas.roadmap import queries
from portal.ideas.roadmap.models import Roadmap

DRAWN = {
    "name": "Food",
    "position": "1",
    "arrangement": "status",
    "column_1": "started",
    "column_2": "planned",
    "column_4": "started",
    "automatic": "y",
    "audience": "companies",
    "companies": "harbor foods",
}


def test_a_roadmap_is_drawn_changed_and_archived(as_, cast, make):
    board, manager = make.board(), as_(cast.product_manager)
    answer = manager.post("/roadmap/", data=DRAWN | {"boards": str(board.id)})
    assert answer.status_code == 303
    drawn = queries.find(db.session.query(Roadmap).one().id, cast.admin)
    assert (drawn.statuses, drawn.board_ids, drawn.automatic) == (["started", "planned"], [board.id], True)
    path = f"/roadmap/{drawn.id}"
    seen = {who: as_(cast[who]).get(path).status_code for who in ("customer", "other_customer", "moderator")}
    assert seen == {"customer": 404, "other_customer": 200, "moderator": 200}
    page = manager.get(f"{path}/edit").text
    assert "Harbor Foods" in page
    changed = DRAWN | {"column_1": "planned", "column_2": "", "column_4": "", "audience": "public"}
    assert manager.put(path, data=changed).status_code == 303
    assert as_(None).get(path).status_code == 200
    again = manager.put(path, data=changed)
    assert again.status_code == 303
    entries = [each.data["fields"] for each in db.session.query(Entry).order_by(Entry.id)]
    assert entries[1:] == [["audience", "statuses", "boards"]]
    assert manager.put(f"{path}/archiving").status_code == 303
    assert as_(None).get(path).status_code == 404
    assert as_(None).get("/roadmap/").text.count("There is no roadmap yet") == 1
    assert "Archived" in manager.get(path).text
    assert manager.delete(f"{path}/archiving").status_code == 303
    assert as_(None).get(path).status_code == 200


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("name", " ", "Please write a name."),
        ("name", "Next", "Another roadmap has this name."),
        ("column_1", "nonsense", "Not a valid choice"),
        ("companies", "Nobody Ltd", "There is no company called Nobody Ltd."),
        ("companies", "", "Choose at least one company"),
        ("position", "x", "Not a valid integer value"),
        ("arrangement", "x", "Not a valid choice"),
        ("boards", "77", "is not a valid choice"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(as_, cast, make, rows, field, value, says):
    make.roadmap(name="Next")
    answer = as_(cast.admin).post("/roadmap/", data=DRAWN | {field: value})
    assert answer.status_code == 422
    assert says in answer.text
    assert rows(Roadmap) == 1


def test_no_status_at_all_is_refused(as_, cast, app):
    sent = {name: value for name, value in DRAWN.items() if not name.startswith("column")}
    assert "Choose at least one status." in as_(cast.admin).post("/roadmap/", data=sent).text
