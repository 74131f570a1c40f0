"""The very first start, the link that makes the first admin, and roles from the command line."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from portal import clock
from portal.accounts.models import Person
from portal.activity.models import Entry
from portal.admin import preparing
from portal.admin.cli import admin
from portal.database import db

PASSWORD = "three grey herons"
ADA = {"name": "Ada Byrne", "email": "ada@community.example", "password": PASSWORD}


@pytest.fixture
def run(app, monkeypatch):
    """`run("prepare", demo=False)` runs `flask admin …` with these settings; returns what it printed."""

    def command(*arguments, **changed):
        settings = replace(app.extensions["settings"], **changed)
        with monkeypatch.context() as patched:
            patched.setitem(app.extensions, "settings", settings)
            return app.test_cli_runner().invoke(admin, list(arguments))

    return command


@pytest.fixture
def seeded(monkeypatch):
    """Stands in for the demo community; says how often it was asked for."""
    asked = []
    monkeypatch.setattr(preparing, "_on_first_start", {"demo": lambda: asked.append(1)})
    return asked


@pytest.fixture(autouse=True)
def _no_invitation(settings):
    preparing.forget_invitation(settings.folder)


def link(result):
    assert result.exit_code == 0, result.output
    return result.output.split("http://127.0.0.1:8000")[1].split()[0]


def test_an_empty_database_gets_the_demo_once(run, seeded, make):
    run("prepare")
    assert seeded == [1]
    make.person()
    run("prepare")
    assert seeded == [1]


def test_without_demo_a_link_makes_the_first_admin(run, seeded, as_, settings):
    path = link(run("prepare", demo=False))
    assert seeded == []
    browser = as_(None)
    assert browser.get(path).status_code == 200
    answer = browser.post(path, data=ADA)
    assert (answer.status_code, answer.location) == (303, "/admin/")
    assert browser.get("/admin/").status_code == 200
    ada = db.session.query(Person).one()
    assert (ada.role, ada.name) == ("admin", "Ada Byrne")
    assert ada.confirmed_at is not None
    kinds = [entry.kind for entry in db.session.query(Entry).order_by(Entry.id)]
    assert kinds == ["person_registered", "person_confirmed", "role_changed"]
    sign_in = as_(None).post("/login", data={"email": ADA["email"], "password": PASSWORD})
    assert sign_in.status_code == 303


def test_the_link_works_once(run, as_, rows):
    path = link(run("prepare", demo=False))
    as_(None).post(path, data=ADA)
    assert as_(None).post(path, data=ADA | {"email": "eve@evil.example"}).status_code == 404
    assert rows(Person) == 1
    assert "first-admin" not in run("prepare", demo=False).output


def test_only_the_newest_link_is_good_and_only_for_a_day(run, as_, settings):
    old, new = link(run("prepare", demo=False)), link(run("prepare", demo=False))
    assert as_(None).get(old).status_code == 404
    assert as_(None).get(new).status_code == 200
    with clock.at(clock.now() + timedelta(hours=25)):
        assert not preparing.is_invited(settings.folder, new.rpartition("/")[2])


def test_the_token_is_not_kept(run, settings):
    token = link(run("prepare", demo=False)).rpartition("/")[2]
    path = settings.folder / "first_admin.json"
    assert token not in path.read_text()
    assert len(json.loads(path.read_text())["token"]) == 64
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("broken", ["", "{}", "[]", '{"token": 1}', '{"token": "x", "until": "y"}'])
def test_a_broken_file_is_no_invitation(app, settings, broken):
    (settings.folder / "first_admin.json").write_text(broken)
    assert not preparing.is_invited(settings.folder, "x")


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("name", "", "Type the name"),
        ("email", "ada", "no mail address"),
        ("password", "adabyrne123", "little more than your name"),
        ("password", "password123", "Many people use"),
    ],
)
def test_a_wrong_form_comes_back(run, as_, rows, field, value, says):
    path = link(run("prepare", demo=False))
    answer = as_(None).post(path, data=ADA | {field: value})
    assert answer.status_code == 422
    assert says in answer.text
    assert rows(Person) == 0


def test_an_address_that_has_an_account_is_said(run, as_, make):
    make.person(email=ADA["email"])
    answer = as_(None).post(link(run("prepare", demo=False)), data=ADA)
    assert answer.status_code == 422
    assert "has an account" in answer.text


def test_a_role_is_given_with_a_reason(run, make):
    person = make.person(email="ines@example.com")
    assert (
        "is now product manager"
        in run("grant", " INES@example.com", "product_manager", "--reason", "x").output
    )
    assert person.role == "product_manager"
    (entry,) = db.session.query(Entry).filter_by(kind="role_changed")
    assert entry.data == {"person_id": person.id, "old": "customer", "new": "product_manager", "reason": "x"}
    assert "already" in run("grant", "ines@example.com", "product_manager", "--reason", "x").output


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("nobody@example.com", "admin", "--reason", "x"), "Nobody here has the address"),
        (("ines@example.com", "king", "--reason", "x"), "Invalid value"),
        (("ines@example.com", "admin"), "Missing option"),
    ],
)
def test_a_wrong_command_says_what_is_wrong(run, make, arguments, says):
    make.person(email="ines@example.com")
    result = run("grant", *arguments)
    assert result.exit_code != 0
    assert says in result.output


def test_the_last_admin_stays(run, make):
    person = make.person(email="ada@example.com", role="admin")
    result = run("grant", "ada@example.com", "customer", "--reason", "x")
    assert result.exit_code == 1
    assert "is the last admin" in result.output
    assert person.role == "admin"
