"""A picture that is sent is encoded anew: without what the camera said, upright, not too large, in bounded time."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from portal.activity.models import Entry
from portal.database import db
from portal.discussion.images import encoding
from portal.discussion.images.models import Image
from tests.discussion.images.sending import only_image, sent
from tests.discussion.pictures import file_of, from_a_camera, moving, opened


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


def test_reading_a_picture_ends_after_its_time(monkeypatch):
    monkeypatch.setattr(encoding, "SECONDS", 0.01)
    with pytest.raises(encoding.NotAPicture, match="takes too long"):
        encoding.encode(file_of())


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
