"""A connection is made by a form: what is typed is tested before it is kept, and what is secret is never seen again."""

import json
import logging

import httpx
import pytest

from portal.crm_bridge import connecting, sealing
from portal.crm_bridge.connections.jobs import cli as driver
from portal.crm_bridge.connections.jobs.models import CrmJob
from portal.crm_bridge.marking import CrmReader
from portal.crm_bridge.models import CrmCall, CrmConnection, CrmLink
from portal.database import db
from tests.crm_bridge.fakes import FAKES
from tests.crm_bridge.fakes.hubspot import TOKEN
from tests.crm_bridge.following import catch_up

WRONG = "pat-eu1-wrong-secret"
TYPED = {"vendor": "hubspot", "name": "sales", "act": "test", "set-votes": "notes"}


@pytest.fixture
def hubspot(monkeypatch):
    """What answers instead of the network."""
    fake = FAKES["hubspot"]()
    transport = httpx.MockTransport(fake.answer)
    monkeypatch.setattr("portal.crm_bridge.calling.asking.Guarded", lambda private: transport)
    return fake


@pytest.fixture
def ada(as_, cast):
    return as_(cast.admin)


@pytest.fixture
def work(settings):
    def work():
        db.session.commit()
        driver.work_waiting(settings, lambda: False)
        db.session.expire_all()

    return work


def lock_out(fake):
    for method in ("GET", "POST"):
        fake.fail(method, "", (401, {"message": "The token expired"}), times=1_000)


def everything_kept():
    """All that stands in the database, as text."""
    db.session.rollback()
    rows = (db.session.execute(table.select()).all() for table in db.metadata.sorted_tables)
    return json.dumps([list(map(str, each)) for each in rows])


def test_the_form_says_what_to_enter_and_where_to_find_it(ada):
    page = ada.get("/crm/connections/new").get_data(as_text=True)
    for title in ("HubSpot", "Salesforce", "Tryton", "Dynamics 365", "Signed webhook"):
        assert title in page, title
    assert "Embedded" not in page
    page = ada.get("/crm/connections/new?vendor=hubspot").get_data(as_text=True)
    for words in ("Service keys", "never shown again", "--private", 'autocomplete="new-password"'):
        assert words in page, words


def test_a_test_that_fails_keeps_what_was_typed_but_no_secret(ada, hubspot, rows):
    answer = ada.post("/crm/connections", data=TYPED | {"set-token": WRONG, "set-calls_share": "70"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    for words in ("did not let us in", "Service keys", 'value="sales"', 'value="70"', "but for secrets"):
        assert words in page, words
    assert WRONG not in page
    assert rows(CrmConnection, name="sales") == 0
    assert WRONG not in everything_kept()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"name": "Sales & Co"}, "Use small letters"),
        ({"name": "new", "set-token": TOKEN}, "cannot be the name of a connection"),
        ({"name": "embedded", "set-token": TOKEN}, "There is a connection embedded already"),
        ({}, "Service key or access token is needed. It stands here: Development, Keys"),
        ({"set-token": TOKEN, "set-votes": "both"}, "Not a valid choice"),
        ({"set-token": TOKEN, "set-url": "ftp://x"}, "must be an address"),
        ({"set-token": TOKEN, "set-calls_share": "many"}, "must be a whole number"),
        ({"set-token": "x" * 9_000}, "Field cannot be longer"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(ada, hubspot, rows, typed, words):
    connecting.make_default()
    answer = ada.post("/crm/connections", data=TYPED | typed)
    assert answer.status_code in (422, 400)
    assert words in answer.get_data(as_text=True)
    assert rows(CrmConnection) == 1
    assert hubspot.requests == []


def test_an_address_in_our_own_network_is_for_the_command_alone(ada, rows):
    data = TYPED | {"set-token": TOKEN, "set-url": "http://127.0.0.1:1"}
    page = ada.post("/crm/connections", data=data).get_data(as_text=True)
    assert "flask crm connect sales --private" in page
    assert rows(CrmConnection, name="sales") == 0


def test_secrets_go_nowhere_else(ada, hubspot, run):
    ada.post("/crm/connections", data=TYPED | {"set-token": TOKEN})
    hubspot.requests.clear()
    moved = {"act": "save", "set-url": "https://elsewhere.example", "set-votes": "notes"}
    answer = ada.put("/crm/connections/sales/settings", data=moved)
    assert answer.status_code == 422
    assert "is not sent to another" in answer.get_data(as_text=True)
    assert ada.put("/crm/connections/sales/settings", data=moved | {"set-token": WRONG}).status_code == 303
    assert connecting.find("sales").settings["url"] == "https://elsewhere.example"
    run("crm", "connect", "sales", "--private")
    there = {"act": "save", "set-url": "http://10.0.0.1", "set-votes": "notes", "set-token": WRONG}
    answer = ada.put("/crm/connections/sales/settings", data=there)
    assert answer.status_code == 422
    assert "changed by the command" in answer.get_data(as_text=True)
    assert hubspot.requests == []


def test_a_plain_name_becomes_a_folder_of_the_portal(ada, settings):
    drop = {"vendor": "drop", "name": "files", "act": "save", "set-format": "jsonl"}
    assert ada.post("/crm/connections", data=drop | {"set-folder": "/etc"}).status_code == 422
    assert ada.post("/crm/connections", data=drop | {"set-folder": "../x"}).status_code == 422
    assert ada.post("/crm/connections", data=drop | {"set-folder": "files"}).status_code == 303
    kept = connecting.find("files").settings["folder"]
    assert kept == str(settings.folder / "drop" / "files")
    same = {"act": "save", "set-format": "csv", "set-folder": kept}
    assert ada.put("/crm/connections/files/settings", data=same).status_code == 303
    assert connecting.find("files").settings == {"folder": kept, "format": "csv"}


def test_one_evening_and_the_secret_is_seen_nowhere(
    ada, hubspot, work, run, consenting, make, vote, cast, settings, caplog, rows
):
    """From the form to a push without a difference; then everything that was written anywhere is looked through."""
    caplog.set_level(logging.DEBUG)
    said = []

    def read(path):
        said.append(ada.get(path).get_data(as_text=True))
        return said[-1]

    def do(act):
        place = ada.post("/crm/connections/sales/jobs", data={"act": act}).location
        work()
        return read(place)

    ines = consenting(company=cast.company)
    vote(ines, make.idea())
    catch_up(CrmReader())
    assert ada.post("/crm/connections", data=TYPED | {"set-token": TOKEN}).status_code == 303
    page = read("/crm/connections/sales")
    for words in ("The connection is paused", "It is new", "•••"):
        assert words in page, words
    assert db.session.query(CrmJob).one().found["who"] == "account 4711 (standard)"
    read("/crm/connections/sales/settings")
    assert "account 4711" in do("test")
    do("apply")
    do("plan")
    assert ada.delete("/crm/connections/sales/pause").status_code == 303
    assert "Created" in do("push")
    assert "Everything is as it was written" in do("drift")
    lock_out(hubspot)
    assert "did not let us in" in do("drift")
    assert "not let us in" in ada.put("/crm/connections/sales/settings", data={"act": "test"}).get_data(
        as_text=True
    )
    for _ in range(2):
        do("push")
    for path in ("/crm/connections/sales", "/crm/", f"/crm/people/{ines.id}", "/admin/"):
        read(path)
    for words in (
        ("status",),
        ("status", "--json"),
        ("test", "--connection", "sales"),
        ("plan", "--connection", "sales"),
    ):
        said.append(run("crm", *words).output)
    said += [path.read_text() for path in (settings.folder / "mail").glob("*.eml")]
    assert rows(CrmCall, connection="sales") > 5
    assert rows(CrmLink, connection="sales", state="done") > 0
    for text in (*said, caplog.text, everything_kept()):
        assert TOKEN not in text
        assert WRONG not in text


def test_a_refused_form_gives_no_secret_back(as_, cast):
    """Long texts of a refused form are shown to be copied; what is secret is not among them."""
    names = ("client_secret", "private_key", "secret", "hook_secret")
    secrets = {f"set-{each}": f"{each} of nobody else {'x' * 30}" for each in names}
    for person in (cast.moderator, None):
        page = as_(person).post("/crm/connections", data=TYPED | secrets).get_data(as_text=True)
        assert "of nobody else" not in page


def test_settings_are_changed_and_an_empty_secret_stays(ada, hubspot, settings):
    ada.post("/crm/connections", data=TYPED | {"set-token": TOKEN})
    answer = ada.put(
        "/crm/connections/sales/settings",
        data={"act": "test", "set-calls_per_day": "500", "set-votes": "notes"},
    )
    assert answer.status_code == 303
    values = connecting.values_of(connecting.find("sales"), settings)
    assert (values["token"], values["calls_per_day"]) == (TOKEN, "500")


def test_a_key_that_changed_is_said_and_the_secrets_are_sealed_anew(ada, run, settings, hubspot, tmp_path):
    ada.post("/crm/connections", data=TYPED | {"set-token": TOKEN})
    row = db.session.get_one(CrmConnection, "sales")
    row.sealed = sealing.seal("sales", {"token": TOKEN, "hook_secret": "of nobody"}, "the key of before")
    db.session.commit()
    assert "Secrets cannot be read" in ada.get("/crm/connections/sales").get_data(as_text=True)
    assert "flask crm reseal" in run("crm", "status", "--connection", "sales").output
    assert (
        "Give it again: flask crm connect sales --set token=-"
        in run("crm", "test", "--connection", "sales").output
    )
    assert run("crm", "reseal", "--old-key", "the key of before").exit_code == 1
    wrong = run("crm", "reseal", "--old-key", "-", input="no key\n")
    assert (wrong.exit_code, "flask crm connect sales --set token=-" in wrong.output) == (1, True)
    (tmp_path / "key").write_text("the key of before\n")
    assert run("crm", "reseal", "--old-key", f"@{tmp_path / 'key'}").output == "Sealed anew: sales.\n"
    assert connecting.values_of(connecting.find("sales"), settings)["token"] == TOKEN
    assert "nothing, all can be read" in run("crm", "reseal", "--old-key", "@-", input="x").output


def test_commands_test_and_take_away(run, hubspot, rows):
    result = run("crm", "connect", "sales", "--vendor", "hubspot", "--set", "token=@-", input=f"{TOKEN}\n")
    assert (result.exit_code, TOKEN in result.output) == (0, False)
    tested = run("crm", "test", "--connection", "sales")
    assert tested.exit_code == 0
    assert "Who we are there:        account 4711 (standard)" in tested.output
    lock_out(hubspot)
    refused = run("crm", "test", "--connection", "sales")
    assert (refused.exit_code, "Service keys" in refused.output) == (1, True)
    hubspot.failures.clear()
    assert run("crm", "retry", "--connection", "sales").output.startswith("0 records are tried again")
    gone = run("crm", "disconnect", "sales", "--erase", "--yes")
    assert gone.exception is None
    assert (gone.exit_code, gone.output) == (
        0,
        "0 records are erased there.\nsales is no longer connected.\n",
    )
    assert rows(CrmConnection, name="sales") == 0
    shown = run("crm", "--help").output
    assert "Ends with 0 when all is well" in " ".join(shown.split())
