"""What is no picture, too large or too much is refused with a sentence, and leaves nothing behind."""

import errno
import json
import os
from io import BytesIO

import pytest

from portal.discussion.images import encoding, uploading
from portal.discussion.images.models import Image
from tests.discussion.images.sending import sent
from tests.discussion.pictures import file_of

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "No picture was sent"),
        (SVG, "no picture that we can read"),
        (b"<html><script>alert(1)</script>", "no picture that we can read"),
        (b"%PDF-1.4", "no picture that we can read"),
        (file_of("TIFF"), "no picture that we can read"),
        (file_of("BMP"), "no picture that we can read"),
        (file_of()[:60], "damaged or cut off"),
        (file_of(size=(17_000, 10)), "measures 17,000 × 10 points"),
    ],
    ids=["nothing", "svg", "html", "pdf", "tiff", "bmp", "cut off", "too wide"],
)
def test_what_is_no_picture_is_refused_with_a_sentence(as_, cast, rows, data, says):
    for answer in (sent(as_(cast.customer), data), sent(as_(cast.customer), data, "x.svg")):
        assert answer.status_code == 422
        assert says in answer.text
    assert rows(Image) == 0


@pytest.mark.shared
def test_bombs_and_liars_are_refused_or_made_harmless(as_, cast, shared, folder, rows):
    browser, files = as_(cast.customer), shared / "data/hostile/files"
    bomb = sent(browser, (files / "png-20000x20000-1bit.png").read_bytes())
    assert bomb.status_code == 422
    assert "20,000 × 20,000 points" in bomb.text
    for name in ("html-named.png", *(f"svg/{each.name}" for each in (files / "svg").iterdir())):
        assert sent(browser, (files / name).read_bytes()).status_code == 422, name
    assert rows(Image) == 0
    for name in ("png-with-html-tail.png", "gif-js-polyglot.gif", "png-8x8-ok.png"):
        assert sent(browser, (files / name).read_bytes()).status_code in (200, 422), name
    for path in folder.rglob("*.webp"):
        data = path.read_bytes()
        assert data[:4] == b"RIFF"
        assert not any(word in data.lower() for word in (b"<script", b"<html", b"alert("))
    assert rows(Image) >= 1


@pytest.mark.shared
def test_names_of_files_lead_nowhere(as_, cast, shared, folder, rows, monkeypatch):
    browser, picture = as_(cast.customer), encoding.encode(file_of())
    monkeypatch.setattr(encoding, "encode", lambda _data: picture)
    names = [
        each["filename"] for each in json.loads((shared / "data/hostile/files/filenames.json").read_text())
    ]
    # A part without a name of its own is no file.
    statuses = [sent(browser, file_of(), each).status_code for each in names]
    assert set(statuses) <= {200, 422}
    assert statuses.count(200) > len(names) - 3
    assert rows(Image) == 1
    assert len([path for path in folder.rglob("*") if path.is_file()]) == 2


def test_only_this_address_takes_files_and_only_so_many_bytes(as_, cast, app, make):
    board, browser = make.board(), as_(cast.customer)
    more = b"x" * (app.config["MAX_CONTENT_LENGTH"] + 1_000)
    idea = {"title": "With a file", "body": "Text", "board": str(board.id)}
    assert browser.post("/ideas/", data=idea | {"image": (BytesIO(more), "x.png")}).status_code == 413
    assert sent(browser, more).status_code == 422
    answer = sent(browser, b"x" * (app.config["MAX_IMAGE_LENGTH"] + 1_000))
    assert answer.status_code == 413
    assert "10 MB fit" in answer.text
    stranger = sent(as_(None), file_of())
    assert stranger.status_code == 401


def test_a_person_has_so_much_room(as_, cast, make, rows):
    make.image(cast.customer, size=uploading.MOST_BYTES)
    answer = sent(as_(cast.customer), file_of())
    assert answer.status_code == 409
    assert "100 MB, which is the most" in answer.text
    assert rows(Image) == 1
    make.image(cast.moderator, size=uploading.MOST_BYTES)
    assert sent(as_(cast.moderator), file_of()).status_code == 200


def test_a_full_disk_keeps_no_half_file(as_, cast, folder, rows, monkeypatch):
    def full(_file):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    answer = sent(as_(cast.customer), file_of())
    assert answer.status_code == 503
    assert "our disk does not take it" in answer.text
    assert int(answer.headers["Retry-After"]) > 0
    assert (rows(Image), [path for path in folder.rglob("*") if path.is_file()]) == (0, [])
    monkeypatch.undo()
    assert sent(as_(cast.customer), file_of()).status_code == 200
