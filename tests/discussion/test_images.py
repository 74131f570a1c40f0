"""Images in texts: taken in, encoded anew, kept, seen by whoever may read the text, and removed when in none."""

import errno
import json
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, timedelta
from io import BytesIO

import pytest

from portal import clock, markup
from portal.activity.auditing import audit_all
from portal.activity.models import Entry
from portal.activity.reading import never
from portal.database import db
from portal.discussion import editing, writing
from portal.discussion.images import encoding, uploading, views
from portal.discussion.images.models import Image, ImageUse
from portal.ideas import deciding
from portal.ideas.audiences.queries import Chosen
from portal.ideas.changelog import writing as changelog
from portal.ideas.changelog.publishing import publish
from portal.ideas.plans import planning
from portal.ideas.submitting import submit
from tests.discussion.pictures import file_of, from_a_camera, moving, opened


@pytest.fixture
def folder(app):
    """Where the files are."""
    root = app.extensions["images"].root
    for path in sorted(root.rglob("*.webp")) if root.exists() else []:
        path.unlink()
    return root


def sent(browser, data, name="picture.png", **more):
    return browser.post("/images/", data={"image": (BytesIO(data), name)} | more)


def only_image():
    db.session.expire_all()
    return db.session.query(Image).one()


def line_of(image, alt="A rota"):
    return f"![{alt}](/images/{image.name})"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_picture_is_encoded_anew_and_its_line_given(as_, cast, folder, kind):
    browser = as_(cast.customer)
    page = sent(browser, file_of(kind), alt="The [rota](x) on a `phone`")
    image = only_image()
    assert page.status_code == 200
    assert f"![The rota (x) on a phone](/images/{image.name})" in page.text
    shown = browser.get(f"/images/{image.name}")
    assert (shown.status_code, shown.mimetype) == (200, "image/webp")
    assert opened(shown.data).size == (image.width, image.height) == (60, 40)
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert shown.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert "default-src 'none'" in shown.headers["Content-Security-Policy"]
    assert opened(browser.get(f"/images/{image.name}/small").data).size == (60, 40)
    again = browser.get(f"/images/{image.name}", headers={"If-None-Match": shown.headers["ETag"]})
    assert again.status_code == 304
    assert len(list(folder.rglob("*.webp"))) == 2
    assert [each.kind for each in db.session.query(Entry)] == ["image_uploaded"]


def test_what_a_camera_says_of_place_and_owner_is_gone_and_the_picture_upright(as_, cast):
    browser = as_(cast.customer)
    assert sent(browser, from_a_camera()).status_code == 200
    data = browser.get(f"/images/{only_image().name}").data
    picture = opened(data)
    assert picture.size == (40, 60)
    assert not picture.getexif()
    assert b"Secret Camera" not in data
    assert b"EXIF" not in data


def test_large_ones_are_made_smaller_and_clear_ones_stay_clear(as_, cast):
    browser = as_(cast.customer)
    sent(browser, file_of(size=(3200, 1000), colour=(10, 20, 30, 0)))
    image = only_image()
    assert (image.width, image.height) == (1600, 500)
    assert opened(browser.get(f"/images/{image.name}").data).mode == "RGBA"
    assert opened(browser.get(f"/images/{image.name}/small").data).size == (480, 150)


def test_of_one_that_moves_the_first_picture_is_taken(as_, cast):
    browser = as_(cast.customer)
    sent(browser, moving())
    picture = opened(browser.get(f"/images/{only_image().name}").data)
    assert getattr(picture, "n_frames", 1) == 1
    assert picture.convert("RGB").getpixel((10, 10))[0] > 200


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


def test_the_same_picture_is_kept_once_and_nobody_learns_that_others_have_it(as_, cast, rows, folder):
    for _ in range(2):
        sent(as_(cast.customer), file_of())
    assert rows(Image) == 1
    sent(as_(cast.other_customer), file_of())
    assert rows(Image) == 2
    assert len(list(folder.rglob("*.webp"))) == 2
    names = [each.name for each in db.session.query(Image).order_by(Image.id)]
    assert names[0][:22] != names[1][:22]
    assert as_(cast.customer).get(f"/images/{names[1]}").status_code == 404


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


def test_reading_a_picture_ends_after_its_time(monkeypatch):
    monkeypatch.setattr(encoding, "SECONDS", 0.01)
    with pytest.raises(encoding.NotAPicture, match="takes too long"):
        encoding.encode(file_of())


def test_many_at_once_are_all_kept_once(app, as_, cast, rows):
    browsers, answers = [as_(cast.customer) for _ in range(3)], []
    db.session.commit()

    def send(browser):
        with app.app_context():
            answers.append(sent(browser, file_of()).status_code)

    threads = [threading.Thread(target=send, args=(each,)) for each in browsers]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert answers == [200] * 3
    assert rows(Image) == 1


# -- In texts -------------------------------------------------------------------------------------------


def test_only_our_own_images_are_shown():
    ours = f"/images/{'k' * 22}-800x600"
    html = markup.cook(f"![A rota]({ours})").html
    for fact in (f'src="{ours}"', 'alt="A rota"', 'width="800"', 'height="600"', 'loading="lazy"'):
        assert fact in html
    others = (
        "https://evil.example/x.png", "//evil.example/images/x", f"https://evil.example{ours}", "/images/short-1x1",
        f"{ours}?x=1", f"{ours}/../../admin", f"/images/{'k' * 22}-0x600", "/people/1", f"/\\evil.example{ours}",
        f"/images/{'k' * 22}-800x600000",
    )  # fmt: skip
    for other in others:
        assert "<img" not in markup.cook(f"![x]({other})").html, other
    assert "onerror" not in markup.clean(f'<img src="{ours}" onerror="alert(1)">').html


@pytest.fixture
def readers(as_, cast):
    """`readers(image)`: who sees it, of customer (who uploaded it), other_customer, moderator and stranger."""

    def seen(image):
        names = ("customer", "other_customer", "moderator", "stranger")
        return {n for n in names if as_(cast[n]).get(f"/images/{image.name}").status_code == 200}

    return seen


def wrong():
    """What the audit of images finds."""
    return next(each for each in audit_all() if each.name == "uses of images").differences


EVERYBODY = {"customer", "other_customer", "moderator", "stranger"}


def test_whoever_may_read_a_text_sees_its_images(make, cast, readers):
    image, board = make.image(cast.customer), make.board()
    assert readers(image) == {"customer"}
    idea = submit(board=board, by=cast.customer, title="A rota", body=f"See {line_of(image)}")
    db.session.commit()
    assert readers(image) == EVERYBODY
    assert only_image().unused_since is None
    idea.hidden_at = clock.now()
    db.session.commit()
    assert readers(image) == {"customer", "moderator"}
    idea.hidden_at, board.audience = None, "staff"
    db.session.commit()
    assert readers(image) == {"customer", "moderator"}


def test_topics_replies_comments_answers_and_notes_have_images(make, cast, readers):
    idea, topic = make.idea(), make.topic(author=cast.customer)
    images = [make.image(cast.customer) for _ in range(3)]
    staffs = [make.image(cast.product_manager) for _ in range(2)]
    editing.edit(topic, by=cast.customer, title=topic.title, body=line_of(images[0]))
    writing.write(topic, by=cast.customer, body=line_of(images[1]))
    post = writing.write(idea, by=cast.customer, body=line_of(images[2]))
    deciding.answer(idea, by=cast.product_manager, body=line_of(staffs[0]))
    planning.note(idea, by=cast.product_manager, body=line_of(staffs[1]))
    db.session.commit()
    assert [readers(each) for each in images] == [EVERYBODY] * 3
    assert readers(staffs[0]) == EVERYBODY
    assert readers(staffs[1]) == {"moderator"}
    post.hidden_at = clock.now()
    db.session.commit()
    assert readers(images[2]) == {"customer", "moderator"}
    assert wrong() == []


def test_whoever_knows_an_address_alone_shows_nothing_with_it(make, cast, readers, rows):
    image = make.image(cast.customer)
    submit(board=make.board(), by=cast.other_customer, title="Look at this", body=line_of(image))
    db.session.commit()
    assert rows(ImageUse) == 0
    assert readers(image) == {"customer"}


def test_a_moderator_who_edits_keeps_the_images(make, cast, readers, rows):
    image = make.image(cast.customer)
    idea = submit(board=make.board(), by=cast.customer, title="A rota", body=line_of(image))
    db.session.commit()
    editing.edit(idea, by=cast.moderator, title=idea.title, body=f"{line_of(image)} Made short.")
    db.session.commit()
    assert readers(image) == EVERYBODY
    editing.edit(idea, by=cast.customer, title=idea.title, body="No picture any more.")
    db.session.commit()
    assert readers(image) == {"customer"}
    assert only_image().unused_since is not None
    assert rows(ImageUse) == 0


def test_an_entry_of_the_changelog_shows_its_images_to_its_readers(make, cast, readers, as_):
    image, writer = make.image(cast.product_manager), cast.product_manager
    entry = changelog.write(by=writer, title="Shipped", body=line_of(image), audience="public")
    db.session.commit()
    assert readers(image) == set()
    assert as_(cast.admin).get(f"/images/{image.name}").status_code == 200
    assert only_image().unused_since is None
    publish(entry, by=writer)
    db.session.commit()
    assert readers(image) == EVERYBODY
    assert line_of(image).partition("(")[2].rstrip(")") in as_(None).get("/changelog/feed.atom").text
    words = {"title": "Shipped", "kinds": (), "by": writer}
    ours = Chosen(companies=frozenset({cast.company.id}))
    changelog.change(entry, body=line_of(image), audience="companies", chosen=ours, **words)
    db.session.commit()
    assert readers(image) == {"customer", "moderator"}
    changelog.change(entry, body="Without.", audience="public", chosen=ours, **words)
    db.session.commit()
    assert readers(image) == set()
    assert only_image().unused_since is not None
    assert not wrong()


def test_the_next_answer_leaves_the_images_of_earlier_versions(make, cast, readers):
    idea, image = make.idea(), make.image(cast.product_manager)
    deciding.answer(idea, by=cast.product_manager, body=line_of(image))
    deciding.answer(idea, by=cast.product_manager, body="Without.")
    db.session.commit()
    assert "stranger" in readers(image)


def test_what_stands_in_no_text_goes_after_a_day_but_not_out_of_a_draft(
    app, make, cast, rows, folder, catch_up
):
    storage = app.extensions["images"]
    lone, kept, drafted, new = (make.image(cast.customer) for _ in range(4))
    new.unused_since = clock.now() - timedelta(hours=23)
    submit(board=make.board(), by=cast.customer, title="A rota", body=line_of(kept))
    make.draft(cast.customer, fields={"title": ["x"], "body": [line_of(drafted)]})
    gone = lone.id
    assert uploading.left_lying(storage) == set()
    views._sweep(never)
    assert {each.id for each in db.session.query(Image)} == {kept.id, drafted.id, new.id}
    assert db.session.get(Image, gone) is None
    assert len(list(folder.rglob("*.webp"))) == 6
    assert uploading.sweep() == set()


@pytest.mark.parametrize("killed", ["before the rows are gone", "before the files are gone"])
def test_a_killed_process_loses_no_picture_of_which_a_row_speaks(
    app, make, cast, rows, folder, killed, monkeypatch
):
    class Killed(BaseException):
        pass

    def die(*_any):
        raise Killed

    make.image(cast.customer)
    with monkeypatch.context() as patch:
        if killed == "before the rows are gone":
            patch.setattr(db.session, "commit", die)
        else:
            patch.setattr(uploading, "remove_files", die)
        with pytest.raises(Killed):
            views._sweep(never)
    db.session.rollback()
    assert len(list(folder.rglob("*.webp"))) == 2
    assert rows(Image) == (1 if killed == "before the rows are gone" else 0)
    # The next looks find what is left, each in its part of the files.
    with clock.at(clock.now().fromtimestamp(int(image_part(folder)) * 60, tz=UTC)):
        views._sweep(never)
    assert len(list(folder.rglob("*.webp"))) == (2 if rows(Image) else 0)


def image_part(folder):
    (path, _other) = folder.rglob("*.webp")
    return int(path.parent.name, 16)


def test_so_many_pictures_are_read_at_once_and_the_next_is_told_to_come_again(
    app, as_, cast, rows, monkeypatch
):
    """One is read, two wait; the fourth is refused at once, and each of them when it waited long enough."""
    reading, may_end = threading.Event(), threading.Event()

    def slowly(data):
        reading.set()
        assert may_end.wait(30)
        raise encoding.NotAPicture("It was read.")

    monkeypatch.setattr(encoding, "_encoded", slowly)
    monkeypatch.setattr(encoding, "PATIENCE", 0.01)

    def encode():
        try:
            encoding.encode(b"")
        except encoding.Refusal as refusal:
            return refusal.status

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(encode)
        assert reading.wait(30)
        answer = sent(as_(cast.customer), file_of(), alt="The rota of the night shift")
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "15")
        assert "add it again in a minute" in answer.text
        assert "The rota of the night shift" in answer.text
        with monkeypatch.context() as full:
            full.setattr(encoding, "_places", threading.BoundedSemaphore(1))
            with encoding._places:
                assert encode() == 503
        may_end.set()
        assert first.result() == 422
    assert encode() == 422
    assert rows(Image) == 0


def test_a_file_stays_while_anybody_has_its_content(app, as_, cast, folder, rows):
    for who in (cast.customer, cast.other_customer):
        sent(as_(who), file_of())
    first = db.session.query(Image).order_by(Image.id).first()
    first.unused_since = clock.now() - timedelta(days=2)
    views._sweep(never)
    assert rows(Image) == 1
    assert as_(cast.other_customer).get(f"/images/{only_image().name}").status_code == 200


def test_the_audit_finds_what_is_wrong(make, cast, rows):
    image = make.image(cast.customer)
    submit(board=make.board(), by=cast.customer, title="A rota", body=line_of(image))
    db.session.commit()
    assert wrong() == []
    image.unused_since = clock.now()
    db.session.commit()
    assert [f"image {image.id}:" in each for each in wrong()] == [True]


def test_a_text_without_images_costs_no_query_more(make, cast, at_most):
    idea = make.idea()
    db.session.refresh(idea)
    _ = cast.customer.id
    with at_most(queries=12) as seen:
        writing.write(idea, by=cast.customer, body="No picture")
    assert not [each for each in seen if "image" in each]
