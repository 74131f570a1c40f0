"""Hostile words in what leaves the portal: mails, tables and the structured data for search engines."""

import csv
import email
import io
import json
import re
import zipfile
from email import policy

import openpyxl
import pytest

from portal.tables import FORMULA
from tests.hostile import payloads
from tests.hostile.doors import PASSWORD

IN_A_MAIL = {"<html lang=en>", "<head>", "<body>", "<p>", "<br>", "<a href>http:>"}


@pytest.fixture
def mails(settings):
    """`mails()`: what was written since the test began."""
    folder = settings.folder / "mail"
    before = set(folder.glob("*.eml"))

    def read():
        new = sorted(set(folder.glob("*.eml")) - before)
        return [email.message_from_bytes(path.read_bytes(), policy=policy.default) for path in new]

    return read


def test_a_name_in_a_mail_is_a_name(app, as_, cast, shapes, mails, texts):
    names = payloads.packed(texts, 80)[:15]
    for n, name in enumerate(names):
        form = {"name": name, "email": f"new{n}@example.com", "password": PASSWORD}
        assert as_().post("/register", data=form).status_code in {303, 422}
    sent = mails()
    assert len(sent) > 10
    pages = shapes(*(mail.get_body(("html",)).get_content() for mail in sent))
    # An address in a name becomes a link, as everywhere else in a mail.
    assert {kind for page in pages for kind in page.made} <= IN_A_MAIL | {"<a href>https:>"}
    assert {key for mail in sent for key in mail} <= {
        "Content-Type", "MIME-Version", "Subject", "From", "To", "Reply-To", "Date", "Message-ID", "Auto-Submitted",
    }  # fmt: skip


@pytest.mark.parametrize(
    "address", ["a@example.com\r\nBcc: b@example.com", "a@example.com\nX: y", "a@b.example, c@d.example"]
)
def test_an_address_cannot_carry_headers(as_, mails, address):
    as_().post("/register", data={"name": "Ida", "email": address, "password": PASSWORD})
    as_().post("/reset", data={"email": address})
    assert [
        mail["Bcc"] or mail["X"] for mail in mails() if "," in mail["To"] or mail["Bcc"] or mail["X"]
    ] == []


@pytest.fixture
def ideas(make, cast, texts):
    """One idea for each of some words, in its title, its text and the name of its author."""
    board = make.board(name="=1+1")
    firm = make.company(name="=cmd|' /C calc'!A0", tier="@x", segment="-1+1", currency="EUR", revenue=5)
    words = payloads.unique(
        ["\ufffe\uffff x", "\x1b[31m\x07", *payloads.read(payloads.OWN / "cells.json"), *texts]
    )
    short = [w.replace("\x00", "") for w in words if len(w) <= 80 and w.replace("\x00", "").strip()][:70]
    for word in short:
        make.idea(board=board, author=make.person(name=word, company=firm), title=word, body=word)
    return short


def taken_out(as_, cast, kind):
    answer = as_(cast.product_manager).post("/exports/", data={"format": kind})
    assert answer.status_code == 200
    assert re.fullmatch(
        r"attachment; filename=ideas-\d{4}-\d\d-\d\d\.\w+", answer.headers["Content-Disposition"]
    )
    return io.BytesIO(answer.data)


def test_an_export_as_csv_runs_nothing(as_, cast, ideas):
    with zipfile.ZipFile(taken_out(as_, cast, "csv")) as archive:
        for name in archive.namelist():
            rows = list(csv.reader(io.StringIO(archive.read(name).decode(), newline="")))
            assert [cell for row in rows for cell in row if cell.lstrip().startswith(FORMULA)] == []
        rows = list(csv.DictReader(io.StringIO(archive.read("ideas.csv").decode(), newline="")))
    assert sorted(row["title"].removeprefix("'") for row in rows) == sorted(
        w.removeprefix("'") for w in ideas
    )


def test_an_export_as_a_workbook_runs_nothing(as_, cast, ideas):
    book = openpyxl.load_workbook(taken_out(as_, cast, "xlsx"))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert len(cells) > 10 * len(ideas)
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert [cell.hyperlink for cell in cells if cell.hyperlink] == []


def test_structured_data_is_data(as_, make, things, shapes, texts):
    topic = things["topic"]
    packs = payloads.packed(texts, 2_000, "\n\n")[:8]
    # The forms take no NUL, and PostgreSQL keeps none.
    for words in (each.replace("\0", "\ufffd") for each in packs):
        make.reply(topic, author=make.person(name=words[:80].strip() or "x"), body=words)
    text = as_().get(f"/questions/{topic.id}").text
    (page,) = shapes(text)
    assert page.alarms == []
    found = re.findall(r'<script type="application/ld\+json"[^>]*>(.*?)</script>', text, re.DOTALL)
    data = json.loads(found[0])
    assert len(found) == 1
    assert len(data["mainEntity"]["suggestedAnswer"]) == len(packs) + 1
    assert not set("<>&'") & set(found[0])
