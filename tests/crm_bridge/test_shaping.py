"""Who owns a field, how the CRM calls it, and what becomes of it when nobody writes it."""

import sqlite3

import pytest

from portal.activity.models import Entry
from portal.crm_bridge.gateway import Field, Kind
from portal.crm_bridge.models import CrmExchange, CrmField
from portal.crm_bridge.shaping import Owner, Shape
from portal.database import db


@pytest.fixture
def path(tmp_path):
    return tmp_path / "acme.sqlite"


@pytest.fixture
def acme(run, path):
    """`flask crm` over a connection that has a store of its own."""
    assert run("crm", "connect", "acme", "--vendor", "embedded", "--set", f"path={path}").exit_code == 0
    return lambda *words, **more: run("crm", *words, "--connection", "acme", **more)


def there(path, statement="SELECT * FROM contact ORDER BY id"):
    with sqlite3.connect(path) as connection:
        connection.row_factory = sqlite3.Row
        rows = connection.execute(statement).fetchall()
        connection.commit()
        return [dict(each) for each in rows]


def calls(acme):
    """What a push sent, by record."""
    db.session.query(CrmExchange).delete()
    db.session.commit()
    output = acme("push").output
    sent = [each.sent for each in db.session.query(CrmExchange).order_by(CrmExchange.id)]
    return output.splitlines()[-1], sent


def test_a_field_goes_under_the_name_of_the_crm(acme, path, consenting):
    ines = consenting(name="Ines", reputation=5)
    acme("map", "contact.points", "--to", "community_reputation")
    assert calls(acme)[0].startswith("1 created")
    [row] = there(path)
    assert row["community_reputation"] == 5
    assert "points" not in row
    assert acme("drift").exit_code == 0
    ines.reputation = 6
    assert calls(acme) == ("0 created, 1 updated.", [{"points": 6}])
    assert "contact.points             community_reputation       portal" in acme("fields").output


def test_another_name_is_written_whole_once(acme, path, consenting):
    consenting(reputation=5)
    acme("push")
    acme("map", "contact.points", "--to", "score")
    acme("push")
    assert there(path)[0]["score"] == 5
    assert calls(acme) == ("0 created, 0 updated, 1 equal.", [])


def test_what_belongs_to_the_crm_is_never_touched(acme, path, consenting):
    ines = consenting(name="Ines")
    acme("push")
    acme("map", "contact.name", "--owner", "crm")
    there(path, "UPDATE contact SET name = 'Dr Ines'")
    ines.name, ines.reputation = "Ines D.", 9
    assert calls(acme) == ("0 created, 1 updated.", [{"points": 9}])
    assert (there(path)[0]["name"], there(path)[0]["points"]) == ("Dr Ines", 9)
    assert acme("drift").exit_code == 0
    assert calls(acme)[1] == []


def test_what_is_not_ours_any_more_costs_no_call(acme, path, consenting):
    consenting(name="Ines")
    acme("push")
    acme("unmap", "contact.name", "--leave")
    plan = acme("plan").output
    assert "0 to update" in plan
    assert "1 equal" in plan
    assert calls(acme) == ("0 created, 0 updated, 1 equal.", [])
    assert there(path)[0]["name"] == "Ines"


def test_what_is_cleared_is_taken_out_once(acme, path, consenting):
    ines = consenting(name="Ines")
    acme("push")
    assert acme("unmap", "contact.name", input="y\n").exit_code == 0
    assert calls(acme) == ("0 created, 1 updated.", [{"name": None}])
    assert there(path)[0]["name"] is None
    ines.name = "Ines D."
    assert calls(acme)[1] == []
    acme("map", "contact.name")
    assert calls(acme)[1] == [{"name": "Ines D."}]


def test_a_blank_is_filled_and_what_stands_is_left(acme, path, consenting):
    ines, tomas = consenting(name="Ines"), consenting(name="Tomas")
    acme("map", "contact.name", "--owner", "crm")
    acme("push")
    there(path, "ALTER TABLE contact ADD COLUMN name TEXT")
    there(path, "UPDATE contact SET name = 'Dr Ines' WHERE id = 1")
    acme("map", "contact.name", "--owner", "portal_if_blank")
    acme("push")
    assert [each["name"] for each in there(path)] == ["Dr Ines", "Tomas"]
    assert acme("drift").exit_code == 0
    ines.name, tomas.name, ines.reputation = "I", "T", 3
    acme("push")
    assert [(each["name"], each["points"]) for each in there(path)] == [("Dr Ines", 3), ("Tomas", 0)]
    assert acme("drift").exit_code == 0
    there(path, "UPDATE contact SET name = ''")
    assert "name 'I' -> ''" in acme("drift", "--repair").output
    acme("push")
    assert [each["name"] for each in there(path)] == ["I", "T"]


def test_what_we_never_mapped_is_never_touched(acme, path, consenting):
    ines = consenting()
    acme("push")
    there(path, "ALTER TABLE contact ADD COLUMN owner TEXT DEFAULT 'Rosa'")
    ines.reputation = 9
    acme("push")
    assert there(path)[0]["owner"] == "Rosa"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("map", "contact.shoe_size"), "There is no field 'contact.shoe_size'. There is: account.name"),
        (("map", "points"), "There is no field 'points'."),
        (("map", "contact.points", "--to", "name"), "contact.points cannot be called name: another field"),
        (("map", "contact.points", "--to", "a b"), "'a b' cannot be the name of a field"),
        (("unmap", "vote.value", "--clear"), "vote.value is what a vote is: it is always written."),
        (("map", "vote.cast_at", "--owner", "crm"), "vote.cast_at is what a vote is"),
    ],
)
def test_what_cannot_be_is_said(acme, rows, words, says):
    result = acme(*words)
    assert result.exit_code == 1
    assert says in result.output
    assert rows(CrmField) == 0


def test_canonical_records_have_no_fields_to_map(run, tmp_path):
    run("crm", "connect", "files", "--vendor", "drop", "--set", f"folder={tmp_path}")
    result = run("crm", "map", "contact.points", "--connection", "files")
    assert "files takes canonical records whole" in result.output


def test_the_journal_knows_who_owns_what(acme, rows):
    acme("map", "contact.points", "--to", "score", "--owner", "portal_if_blank")
    entry = db.session.query(Entry).filter_by(kind="crm_field_mapped").one()
    assert entry.data == {
        "connection": "acme",
        "field": "contact.points",
        "owner": "portal_if_blank",
        "remote_name": "score",
    }


def test_a_crm_is_asked_for_what_is_written_only():
    kind = Kind("contact", tuple(Field(name) for name in ("a", "b", "c", "d", "e")))
    owners = {"b": Owner.CRM, "c": Owner.NONE, "d": Owner.CLEARED, "e": Owner.IF_BLANK}
    shape = Shape({"contact": owners}, {"contact": {"a": "x"}})
    assert [each.name for each in shape.kinds([kind])[0].fields] == ["x", "e"]
    assert shape.keep("contact", dict.fromkeys("abcde", 1)) == {"a": 1, "d": None, "e": 1}
    assert shape.ours("contact", dict(shape.theirs("contact", {"a": 1, "e": 2}))) == {"a": 1, "e": 2}
