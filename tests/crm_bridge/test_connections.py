"""Setting a connection up: what is needed is said, what is secret is never seen again."""

import json
from pathlib import Path

import pytest
import sqlalchemy as sa

from portal.crm_bridge import connecting, gateway, sealing
from portal.crm_bridge.connections import setting_up
from portal.crm_bridge.declaring import CALLS, Declaration, Setting
from portal.crm_bridge.memory import declaration as memory
from portal.crm_bridge.models import CrmConnection, CrmDirty, CrmLink
from portal.database import db
from portal.errors import Conflict

SECRET = "s3cr3t-w0rd-of-n0body"
DECLARED = Declaration(
    title="Memory",
    of_tests=True,
    settings=(
        Setting("address", "Where it is", kind="address"),
        Setting("token", "The token of our user", secret=True),
        Setting("mode", "How it is called", "fast", choices=("fast", "slow")),
        Setting("name", "Which records", "memory"),
        *CALLS,
    ),
)
GIVEN = ("--set", "address=https://crm.example", "--set", f"token={SECRET}")


@pytest.fixture(autouse=True)
def declared(monkeypatch):
    monkeypatch.setattr(memory, "DECLARATION", DECLARED)


@pytest.fixture
def connect(run):
    return lambda *words, **more: run("crm", "connect", "acme", "--vendor", "memory", *words, **more)


def everything_kept():
    """All that stands in the database, as text."""
    rows = (db.session.execute(table.select()).all() for table in db.metadata.sorted_tables)
    return json.dumps([list(map(str, each)) for each in rows])


def test_a_secret_is_used_and_never_shown(connect, run, settings, as_, cast):
    assert connect(*GIVEN).exit_code == 0
    connection = connecting.find("acme")
    assert connecting.values_of(connection, settings)["token"] == SECRET
    page = as_(cast.admin).get("/crm/connections/acme").get_data(as_text=True)
    status = run("crm", "status", "--connection", "acme").output
    assert "address = https://crm.example" in status
    assert "token = •••" in status
    for text in (repr(connection), status, page, everything_kept(), connect("--set", "name=x").output):
        assert SECRET not in text


def test_a_secret_can_be_typed_where_nobody_sees_it_or_stand_in_a_file(connect, settings, tmp_path):
    result = connect("--set", "address=https://crm.example", "--set", "token=-", input=f"{SECRET}\n")
    assert SECRET not in result.output
    assert connecting.values_of(connecting.find("acme"), settings)["token"] == SECRET
    (tmp_path / "key.pem").write_text("-----BEGIN KEY-----\nabc\n-----END KEY-----\n")
    assert connect("--set", f"token=@{tmp_path / 'key.pem'}").exit_code == 0
    assert connecting.values_of(connecting.find("acme"), settings)["token"].count("\n") == 2
    missing = connect("--set", "token=@nowhere.pem")
    assert (missing.exit_code, "No such file" in missing.output) == (1, True)


def test_what_is_sealed_is_read_with_the_same_key_and_connection_only():
    sealed = sealing.seal("acme", {"token": SECRET}, "key")
    assert sealing.unseal("acme", sealed, "key") == {"token": SECRET}
    for connection, key in (("acme", "another key"), ("other", "key")):
        with pytest.raises(Conflict, match=r"The secret token of the connection .* Give it again") as refused:
            sealing.unseal(connection, sealed, key)
        assert SECRET not in str(refused.value)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "memory also needs address (Where it is); token (The token of our user). Give it with --set"),
        (("--set", "adress=x"), "memory has no setting 'adress'. It has: address, token, mode, name"),
        (("--set", "address=crm.example"), "address must be an address such as https://crm.example, not"),
        (("--set", "address=https://a:b@crm.example"), "address must be an address"),
        (("--set", "mode=brisk"), "mode must be one of fast, slow, not 'brisk'."),
        (("--set", "calls_per_day=-1"), "calls_per_day must be a whole number, not '-1'."),
        (("--set", "mode"), "--set mode says no value."),
        (("--set", "token="), "token must not be empty: The token of our user."),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_kept(connect, rows, words, says):
    whole = words and words[1].partition("=")[0] not in ("address", "token")
    rest = GIVEN if whole else () if not words else tuple(w for w in GIVEN)
    result = connect(*rest, *words)
    assert result.exit_code == 1
    assert says in " ".join(result.output.split())
    assert SECRET not in result.output
    assert rows(CrmConnection, name="acme") == 0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("connect", "acme"), "There is no connection acme. Say which CRM it is: --vendor"),
        (("connect", "acme", "--vendor", "sugar"), "There is no vendor 'sugar'."),
        (("connect", "Ac me", "--vendor", "memory"), "cannot be the name of a connection"),
        (("connect", "embedded", "--vendor", "memory"), "embedded is a connection to embedded."),
        (("disconnect", "acme", "--yes"), "There is no CRM connection 'acme'."),
        (("disconnect", "embedded", "--yes"), "embedded is always there."),
        (("status", "--connection", "acme"), "There is no CRM connection 'acme'."),
    ],
)
def test_what_is_not_there_is_said(run, words, says):
    result = run("crm", *words)
    assert result.exit_code == 1
    assert says in result.output


def test_settings_are_changed_one_by_one(connect, run, settings):
    connect(*GIVEN, "--private")
    run("crm", "connect", "acme", "--set", "mode=slow")
    connection = connecting.find("acme")
    assert connection.private
    values = connecting.values_of(connection, settings)
    assert (values["mode"], values["token"], values["calls_share"]) == ("slow", SECRET, "90")


def test_disconnecting_asks_and_forgets_what_was_written_where(connect, run, consenting, rows):
    consenting()
    connect(*GIVEN)
    assert run("crm", "push", "--connection", "acme").exit_code == 0
    asked = run("crm", "disconnect", "acme", input="n\n")
    assert asked.exit_code == 1
    assert "1 records stay in the CRM and are forgotten here. Go on?" in asked.output
    assert rows(CrmLink, connection="acme") == 1
    assert run("crm", "disconnect", "acme", "--yes").output == "acme is no longer connected.\n"
    assert (rows(CrmLink, connection="acme"), rows(CrmDirty, connection="acme")) == (0, 0)
    assert "acme" not in run("crm", "status").output


def test_vendors_say_what_they_need(run):
    output = run("crm", "vendors").output
    assert "embedded: Embedded store\n" in output
    assert "path (default none): File. The SQLite file" in output
    assert "memory" not in output


def test_every_vendor_declares_what_it_is():
    for vendor in gateway.GATEWAYS:
        declared = connecting.declaration(vendor)
        names = [each.name for each in declared.settings]
        assert declared.title
        assert len(set(names)) == len(names)
        assert all(each.meaning for each in declared.settings)
        assert not [each.name for each in declared.settings if each.secret and each.default]


def test_who_sets_a_connection_up_reads_how_a_value_is_called_where_it_stands_and_how_one_looks():
    for declared in setting_up.vendors().values():
        assert declared.says
        assert all(each.label for each in declared.settings)
        needed = [each for each in declared.settings if each.required and each.kind != "place"]
        assert all(each.where and each.example for each in needed)
        assert all(set(each.words) == set(each.choices) for each in declared.settings)


def test_the_handbook_says_of_each_setting_what_the_form_says():
    handbook = Path("docs/crm.md").read_text(encoding="utf-8")
    for name, declared in setting_up.vendors().items():
        for each in declared.settings if name != "embedded" else ():
            such = each.example or ", ".join(each.choices) or each.default or "–"
            row = f"| {each.title}, `{each.name}` | {each.meaning} | {each.where or '–'} | {such} |"
            assert row in handbook, (name, row)


def test_the_schema_is_looked_at_before_it_is_made(run, store):
    missing = run("crm", "schema", "--check")
    assert missing.exit_code == 1
    assert "missing  table contact\nmissing  contact.name\n" in missing.output
    assert not store.exists()
    made = run("crm", "schema", "--apply")
    assert (made.exit_code, made.output.splitlines()[-1]) == (0, "Everything is there.")
    assert run("crm", "schema").output == "Everything is there.\n"


def test_the_page_shows_how_all_connections_stand(connect, run, as_, cast, at_most):
    connect(*GIVEN)
    db.session.execute(sa.update(CrmConnection).values(paused=True))
    page = as_(cast.admin).get("/crm/").get_data(as_text=True)
    assert "/crm/connections/acme" in page
    assert page.count("Paused") == 2
    assert as_(cast.admin).get("/crm/?connection=acme").location == "/crm/connections/acme"
    assert as_(cast.admin).get("/crm/?connection=none").status_code == 404
