"""What staff do while something is under way: nobody waits for the dead, and nothing goes on that was stopped."""

import contextvars
import hmac
import json
import random
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask.testing import FlaskClient

from portal import clock
from portal.crm_bridge import cli, connecting, leasing, marking
from portal.crm_bridge.calling.signing import new_secret, signed
from portal.crm_bridge.connections import setting_up
from portal.crm_bridge.connections.jobs import asking
from portal.crm_bridge.connections.jobs import cli as driver
from portal.crm_bridge.connections.jobs.models import Act, CrmJob
from portal.crm_bridge.memory.gateway import SHELF, Memory
from portal.crm_bridge.models import DEFAULT, CrmConnection, CrmLink
from portal.crm_bridge.pauses import pausing
from portal.crm_bridge.pulling.models import CrmHeard, CrmReread
from portal.crm_bridge.sealing import seal, unseal
from portal.database import db
from portal.errors import Conflict

OF_NOBODY = 2**22 + 7
"""A process number beyond what Linux gives out."""


@pytest.fixture
def acme(app):
    connecting.make_default()
    db.session.add(CrmConnection(name="acme", vendor="memory", settings={"name": "meanwhile"}))
    db.session.commit()
    yield
    SHELF.pop("meanwhile", None)


def left_by(holder, until):
    row = db.session.get_one(CrmConnection, "acme")
    row.lease_holder, row.lease_until = holder, until
    db.session.commit()


@pytest.mark.parametrize("how", ["dead", "silent"])
def test_a_connection_whose_push_was_killed_is_taken_away(acme, as_, cast, rows, how):
    """Else nobody could ever take away one that is paused: no push comes that would take the lease over."""
    holder, until = f"{leasing._machine()} {OF_NOBODY} 7 abc", clock.now() + leasing.LASTS
    if how == "silent":
        holder, until = "elsewhere 1 7 abc", clock.now() - timedelta(seconds=1)
    left_by(holder, until)
    answer = as_(cast.admin).delete("/crm/connections/acme", data={"written": "leave"})
    assert (answer.status_code, rows(CrmConnection, name="acme")) == (303, 0)


def test_a_connection_at_which_somebody_is_stays(acme, as_, cast, rows):
    left_by("elsewhere 1 7 abc", clock.now() + leasing.LASTS)
    answer = as_(cast.admin).delete("/crm/connections/acme", data={"written": "leave"})
    assert (answer.status_code, rows(CrmConnection, name="acme")) == (409, 1)
    assert "A push is under way" in answer.get_data(as_text=True)


class Paused(Memory):
    """Somebody presses Pause while the first call is made."""

    def upsert_many(self, kind, rows):
        outcomes = super().upsert_many(kind, rows)
        db.session.rollback()
        if pausing.pause("acme", by=None, why="Stop at once"):
            db.session.commit()
        return outcomes


def test_a_push_under_way_ends_at_the_next_call_when_somebody_pauses(
    acme, settings, consenting, make, vote, monkeypatch, rows
):
    idea = make.idea()
    for _ in range(3):
        vote(consenting(), idea)
    monkeypatch.setattr("portal.crm_bridge.memory.gateway.Memory", Paused)
    marking.mark_everybody("acme")
    db.session.commit()
    with pytest.raises(Conflict, match="is paused"):
        list(cli.deliver(connecting.find("acme"), settings, cli.planning.everything))
    # What the first call wrote is known; nothing was sent after it.
    assert rows(CrmLink, connection="acme", state="done", entity="person") == 3
    assert rows(CrmLink, connection="acme", entity="vote") == 0
    db.session.rollback()
    row = db.session.get_one(CrmConnection, "acme")
    assert (row.lease_holder, row.failures, row.failure) == (None, 0, None)
    pausing.resume("acme", by=None)
    db.session.commit()
    monkeypatch.undo()
    list(cli.deliver(connecting.find("acme"), settings, cli.planning.everything))
    assert rows(CrmLink, connection="acme", state="done", entity="vote") == 3


def test_a_job_that_waits_for_a_push_holds_up_no_other_connection(acme, settings, rows):
    left_by("elsewhere 1 7 abc", clock.now() + leasing.LASTS)
    asking.ask(connecting.find("acme"), Act.PUSH, None)
    asking.ask(connecting.find(DEFAULT), Act.TEST, None)
    db.session.commit()
    driver.work_waiting(settings, lambda: False)
    db.session.expire_all()
    assert rows(CrmJob, connection="acme", stage="waiting") == 1
    assert rows(CrmJob, connection=DEFAULT, stage="done") == 1


# -- Two admins -----------------------------------------------------------------------------------------

SETTINGS = {"set-address": "https://good.example/hooks", "act": "save"}


@pytest.fixture
def hook(app, settings):
    connecting.make_default()
    first = {"address": "https://good.example/hooks", "secret": new_secret()}
    setting_up.connect("hook", "webhook", first, False, settings.signing_key())
    db.session.commit()
    return first["secret"]


def test_what_one_admin_gave_is_not_sent_where_another_one_pointed_it_meanwhile(
    hook, settings, as_, cast, monkeypatch
):
    """The form of the second was checked against the address of before, and is kept after the test, seconds later."""
    ada, mallory, genuine = as_(cast.admin), as_(cast.admin), new_secret()
    keep = setting_up.connect

    def late(*args):
        monkeypatch.setattr(setting_up, "connect", keep)
        moved = {"set-address": "https://evil.example/", "set-secret": new_secret(), "act": "save"}
        db.session.rollback()
        assert mallory.put("/crm/connections/hook/settings", data=moved).status_code == 303
        return keep(*args)

    monkeypatch.setattr(setting_up, "connect", late)
    answer = ada.put("/crm/connections/hook/settings", data=SETTINGS | {"set-secret": genuine})
    row = db.session.get_one(CrmConnection, "hook", populate_existing=True)
    assert row.settings["address"] == "https://evil.example/"
    assert unseal("hook", row.sealed, settings.signing_key())["secret"] != genuine
    assert answer.status_code == 409
    assert "meanwhile" in answer.get_data(as_text=True)


def test_a_form_that_was_opened_before_somebody_else_saved_says_so(hook, as_, cast):
    """Else it would put back what the other one changed."""
    ada, olga = as_(cast.admin), as_(cast.admin)
    seen = ada.get("/crm/connections/hook/settings").get_data(as_text=True)
    stale = SETTINGS | {"seen": seen.split('name="seen" value="')[1].split('"')[0]}
    assert olga.put("/crm/connections/hook/settings", data=SETTINGS | {"set-batch": "7"}).status_code == 303
    answer = ada.put("/crm/connections/hook/settings", data=stale | {"set-source": "/shop"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert 'value="/shop"' in page
    assert db.session.get_one(CrmConnection, "hook", populate_existing=True).settings["batch"] == "7"
    fresh = page.split('name="seen" value="')[1].split('"')[0]
    again = ada.put("/crm/connections/hook/settings", data=stale | {"seen": fresh, "set-source": "/shop"})
    assert again.status_code == 303


def test_of_those_who_take_one_name_at_once_one_gets_it(app, as_, cast, rows, settings, monkeypatch):
    """The others are told, and change nothing of the first."""
    ada, olga = as_(cast.admin), as_(cast.admin)
    typed = {"vendor": "drop", "name": "same", "act": "test"}
    answers = []

    def meanwhile(connection, settings):
        monkeypatch.undo()
        answers.append(olga.post("/crm/connections", data=typed | {"set-folder": "hers"}).status_code)
        return {
            "who": "",
            "place": "",
            "missing": [],
            "lacking": 0,
            "writes": None,
            "days": None,
            "reads": None,
        }, []

    monkeypatch.setattr("portal.crm_bridge.connections.entering.trying.attempt", meanwhile)
    late = ada.post("/crm/connections", data=typed | {"set-folder": "mine"})
    assert (answers, late.status_code) == ([303], 409)
    assert "There is a connection same already" in late.get_data(as_text=True)
    assert db.session.get_one(CrmConnection, "same").settings["folder"].endswith("/hers")


def test_a_secret_that_is_no_text_is_refused_in_a_sentence(run, tmp_path):
    path = tmp_path / "token"
    path.write_bytes(b"\xff\xfesecret-of-ours")
    said = run("crm", "connect", "sales", "--vendor", "hubspot", "--set", f"token=@{path}")
    assert (said.exit_code, said.output) == (1, f"Error: {path} is no text.\n")


@pytest.mark.parametrize(("field", "value"), [("batch", "0"), ("calls_share", "101"), ("calls_share", "0")])
def test_numbers_that_would_stop_every_push_are_refused(hook, as_, cast, field, value):
    answer = as_(cast.admin).put("/crm/connections/hook/settings", data=SETTINGS | {f"set-{field}": value})
    assert answer.status_code == 422


def test_a_name_that_the_store_cannot_have_is_said_and_not_stumbled_over(
    app, as_, cast, settings, store, consenting
):
    """A field there is a column: somebody may type any name that some CRM could have."""
    consenting()
    ada = as_(cast.admin)
    for name in ("Points", "seq", "external_id", "a.b", "id"):
        answer = ada.put(
            "/crm/connections/embedded/fields/contact.points", data={"owner": "portal", "remote_name": name}
        )
        assert answer.status_code in (400, 409, 422), name
    list(cli.deliver(connecting.find(DEFAULT), settings, cli.planning.everything))


# -- Messages -------------------------------------------------------------------------------------------


@pytest.fixture
def hooked(app, settings):
    secret = new_secret()
    sealed = seal("crm", {"hook_secret": secret}, settings.signing_key())
    db.session.add(CrmConnection(name="crm", vendor="salesforce", settings={}, sealed=sealed))
    db.session.commit()
    return secret


def sent(secret, body, name):
    body = json.dumps(body).encode()
    return body, signed([secret], name, clock.now(), body)


def test_many_messages_at_once_wait_for_each_other_and_none_is_lost(app, hooked, rows):
    """Each names the same records in an order of its own."""
    ids, chance = [f"001{n:03}" for n in range(60)], random.Random(7)
    messages = []
    for number in range(24):
        chance.shuffle(ids)
        messages.append(
            sent(hooked, [{"object": chance.choice(["Account", "Contact"]), "ids": list(ids)}], f"m{number}")
        )

    def post(message):
        body, headers = message
        client = FlaskClient(app, app.response_class)
        return client.post(
            "/crm/hooks/crm", data=body, headers=headers, content_type="application/json"
        ).status_code

    db.session.commit()
    db.session.remove()
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda each: contextvars.Context().run(post, each), messages))
    assert statuses == [204] * 24
    assert rows(CrmHeard) == 24
    assert db.session.scalar(sa.select(sa.func.sum(CrmReread.marks))) == 24 * 60


def test_it_takes_as_long_to_refuse_for_a_connection_that_is_there_as_for_one_that_is_not(
    app, hooked, monkeypatch
):
    """As much is reckoned for either: nobody finds out names by the clock."""

    reckoned = []
    for of, name in ((HKDF, "derive"), (hmac, "digest")):
        inner = getattr(of, name)
        monkeypatch.setattr(
            of, name, lambda *args, inner=inner, name=name: (reckoned.append(name), inner(*args))[1]
        )
    body, headers = sent(new_secret(), {"object": "Account", "id": "1"}, "m")
    said = {}
    for name in ("crm", "embedded", "nowhere", "%00"):
        reckoned.clear()
        answer = app.test_client().post(
            f"/crm/hooks/{name}", data=body, headers=headers, content_type="application/json"
        )
        assert answer.status_code == 400
        said[name] = sorted(reckoned)
    assert said == dict.fromkeys(said, said["crm"])


def test_what_a_genuine_message_names_need_not_be_an_id(app, hooked, settings):
    odd = ["a\0b", "\ud800", "x" * 500, 10**4000, -1, None, True, {}, [], "../../admin", "001A"]
    sealed = seal("hub", {"hook_secret": "app-secret"}, settings.signing_key())
    db.session.add(CrmConnection(name="hub", vendor="hubspot", settings={}, sealed=sealed))
    db.session.commit()
    body = json.dumps(
        [
            {
                "objectId": each,
                "subscriptionType": "company.propertyChange",
                "propertyName": "community_points",
                "propertyValue": each,
            }
            for each in odd
        ]
    ).encode()
    stamp = str(int(clock.now().timestamp()) * 1_000)
    sign = b64encode(
        hmac.digest(b"app-secret", b"POST/crm/hooks/hub" + body + stamp.encode(), "sha256")
    ).decode()
    headers = {"X-HubSpot-Signature-v3": sign, "X-HubSpot-Request-Timestamp": stamp}
    answer = app.test_client().post(
        "/crm/hooks/hub", data=body, headers=headers, content_type="application/json"
    )
    assert answer.status_code == 204
    assert set(db.session.scalars(sa.select(CrmReread.remote_id))) <= {"-1", "True", "../../admin", "001A"}
