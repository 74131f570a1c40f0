"""What is sent in the place of a form, and too much of it: refused with words that say what to do, and the text kept."""

import io
import json

import pytest
import sqlalchemy as sa

from portal import markup
from portal.database import db
from portal.ideas.models import Idea
from tests.hostile.conftest import IDEA, LONG

FORM = "application/x-www-form-urlencoded"
TOO_MUCH = b"body=" + b"x" * 1_100_000
NO_FORMS = {
    "JSON": ("application/json", json.dumps(IDEA), 415),
    "JSON of another kind": ("application/problem+json", json.dumps({"title": 7}), 415),
    "text": ("text/plain", "title=x", 415),
    "XML": ("text/xml", "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>", 415),
    "a strange type": ("x/\x7f;;;charset=klingon", "title=x", 415),
    "no type": ("", "title=x", 422),
    "a strange charset": (f"{FORM}; charset=utf-7", "title=+ADw-script+AD4-", 422),
    "parts without an end": (
        "multipart/form-data; boundary=b",
        '--b\r\nContent-Disposition: form-data; name="title"',
        422,
    ),
    "parts without a boundary": ("multipart/form-data", "--b", 422),
    "parts without names": ("multipart/form-data; boundary=b", "--b\r\n\r\nx\r\n--b--", 422),
    "bytes that are no UTF-8": (FORM, "title=\xff\xfe&body=\xed\xa0\x80&board=1", 422),
    "fields without end": (FORM, "&".join(f"f{n}=x" for n in range(20_000)), 422),
    "nothing": (FORM, "", 422),
}


def test_a_body_that_is_no_form_of_ours_is_refused(ines, rows):
    before, found = rows(Idea), {}
    for name, (content_type, body, _status) in NO_FORMS.items():
        answer = ines.post("/ideas/", data=body.encode("latin-1"), content_type=content_type)
        assert answer.mimetype == "text/html", name
        found[name] = answer.status_code
    assert found == {name: status for name, (_type, _body, status) in NO_FORMS.items()}
    assert rows(Idea) == before


def test_what_cannot_be_read_in_a_text_stays_as_it_was_sent_or_is_marked(ines):
    answer = ines.post("/ideas/", data=b"title=x%ff%fey&body=%ed%a0%80%00&board=1", content_type=FORM)
    assert answer.status_code == 303
    assert newest().title == "x%FF%FEy"
    assert newest().body == "%ED%A0%80\ufffd"


def test_more_parts_than_any_form_has_are_too_much(ines):
    parts = {f"f{n}": "x" for n in range(1_500)}
    answer = ines.post("/ideas/", data=parts, content_type="multipart/form-data")
    assert answer.status_code == 413


def test_what_is_given_back_is_no_more_than_a_form_holds(as_):
    answer = as_().post("/ideas/", data={f"f{n}": LONG for n in range(500)})
    assert answer.status_code == 401
    assert 1 <= answer.text.count("<textarea") <= 8


def test_a_field_that_comes_twice_counts_once(ines):
    answer = ines.post("/ideas/", data={**IDEA, "title": ["The first", "The second"], "board": ["1", "9"]})
    assert answer.status_code == 303
    assert newest().title == "The first"


def test_a_file_in_the_place_of_a_text_is_no_text(ines):
    answer = ines.post("/ideas/", data=IDEA | {"title": (io.BytesIO(b"Offline mode"), "x.txt")})
    assert answer.status_code == 422
    assert LONG.strip() in answer.text


def newest():
    return db.session.scalars(sa.select(Idea).order_by(Idea.id.desc())).first()


# -- Too much -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("long", [{"body": LONG * 40}, {"title": "x" * 5_000}], ids=["text", "title"])
def test_what_is_too_long_comes_back(ines, long):
    answer = ines.post("/ideas/", data=IDEA | long)
    assert answer.status_code == 422
    assert "characters too long" in answer.text
    assert LONG.strip() in answer.text


def test_a_megabyte_of_brackets_is_refused_and_never_cooked(ines, monkeypatch):
    cooked = []
    monkeypatch.setattr(markup, "cook", cooked.append)
    body = b"board=1&category=1&kind=question&title=Brackets&body=" + b"[" * 1_000_000
    for path in ("/ideas/", "/ideas/1/comments", "/questions/", "/questions/1/posts"):
        assert ines.post(path, data=body, content_type=FORM).status_code == 422
    assert cooked == []


@pytest.mark.parametrize("who", ["stranger", "customer"])
def test_more_than_the_portal_takes_is_413(as_, cast, things, who):
    browser = as_(cast[who])
    for path in ("/ideas/", "/login", "/account/", "/nowhere", "/ideas/1/vote"):
        for method in ("POST", "PUT", "DELETE"):
            answer = browser.open(path, method=method, data=TOO_MUCH, content_type=FORM)
            assert answer.status_code == 413, (path, method)
            assert "Send less at once" in answer.text


def test_more_than_the_portal_takes_is_413_also_without_a_length(ines):
    """The server marks the end of a body that comes in pieces; Werkzeug would cut it without a word."""
    environ = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    for body, status in ((TOO_MUCH, 413), (b"title=x", 422)):
        answer = ines.post(
            "/ideas/", input_stream=io.BytesIO(body), content_type=FORM, environ_overrides=environ
        )
        assert answer.status_code == status
