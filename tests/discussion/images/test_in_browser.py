"""A picture by paste, drop and choice in the real browser; without script by a page of its own."""

import base64

import pytest

from portal.database import db
from portal.discussion.images.models import Image, ImageUse
from tests.discussion.pictures import file_of

LOOKS = pytest.mark.parametrize(("width", "dark"), [(390, True), (1280, False)], ids=["phone", "desk"])

GIVE = """([selector, kind, data, type, name]) => {
  const bytes = Uint8Array.from(atob(data), (sign) => sign.charCodeAt(0));
  const files = new DataTransfer();
  files.items.add(new File([bytes], name, { type }));
  const event = kind === "paste"
    ? new ClipboardEvent("paste", { clipboardData: files, bubbles: true, cancelable: true })
    : new DragEvent("drop", { dataTransfer: files, bubbles: true, cancelable: true });
  document.querySelector(selector).dispatchEvent(event);
}"""


def give(page, selector, kind, data, mime="image/png", name="rota.png"):
    """Paste or drop a file there."""
    page.evaluate(GIVE, [selector, kind, base64.b64encode(data).decode(), mime, name])


def rows(model):
    db.session.rollback()
    found = db.session.query(model).count()
    db.session.rollback()
    return found


@pytest.fixture
def board(make):
    return make.board(name="Mobile")


def loaded(page, selector):
    """Whether the picture is there in the end, with points in it."""
    page.locator(selector).first.scroll_into_view_if_needed()
    return page.eval_on_selector(selector, "image => image.decode().then(() => image.naturalWidth)") > 0


@LOOKS
def test_paste_describe_post_and_see(visit, cast, board, axe, width, dark):
    page = visit(cast.customer, width=width, dark=dark)
    page.goto("/ideas/new")
    page.fill("#title", "A rota that opens offline")
    page.fill("#body", "This is what I see.")
    give(page, "#body", "paste", file_of(size=(900, 500)))
    page.wait_for_selector(".added input")
    assert loaded(page, ".added img")
    page.fill(".added input", "A rota [with] gaps")
    assert "![A rota  with  gaps](/images/" in page.input_value("#body")
    assert page.input_value("#body").startswith("This is what I see.\n")
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.wait_for_selector("#draft-state :text('Draft saved')")
    page.click("text=Post the idea")
    page.wait_for_selector("h1:text('A rota that opens offline')")
    assert page.get_attribute(".prose img", "alt").split() == ["A", "rota", "with", "gaps"]
    assert loaded(page, ".prose img")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert axe(page) == []
    assert (rows(Image), rows(ImageUse)) == (1, 1)


def test_drop_into_a_comment_and_choose_for_another(visit, cast, make):
    path = f"/ideas/{make.idea().id}"
    page = visit(cast.customer)
    page.goto(path)
    give(page, "#body", "drop", file_of("JPEG"), "image/jpeg", "photo.jpg")
    page.wait_for_selector("#comment .added")
    page.click("text=Post comment")
    page.wait_for_selector("#posts .prose img")
    with page.expect_file_chooser() as chooser:
        page.click("text=Add an image")
    chooser.value.set_files({"name": "x.png", "mimeType": "image/png", "buffer": file_of(colour=(1, 2, 3))})
    page.wait_for_selector("#comment .added")
    page.click("text=Post comment")
    page.wait_for_selector("#posts .prose img >> nth=1")
    assert rows(ImageUse) == 2


def test_what_cannot_be_taken_is_said_where_one_writes(visit, cast, make):
    path = f"/questions/{make.topic().id}"
    page = visit(cast.customer)
    page.goto(path)
    page.fill("#body", "My text")
    give(page, "#body", "drop", b"<svg/>", "image/svg+xml", "x.svg")
    page.wait_for_selector(".images [role=status]:text('Only JPEG, PNG, WebP and GIF')")
    give(page, "#body", "paste", b"no picture at all", "image/png")
    page.wait_for_selector(".images [role=status]:text('no picture that we can read')")
    assert page.input_value("#body") == "My text"
    assert rows(Image) == 0


def test_without_script_a_page_takes_the_picture_and_gives_the_line(visit, cast, make):
    path = f"/questions/{make.topic().id}"
    page = visit(cast.customer, script=False, width=390)
    page.goto(path)
    with page.context.expect_page() as opened:
        page.click("text=Add an image")
    other = opened.value
    other.set_input_files("#image", {"name": "x.png", "mimeType": "image/png", "buffer": file_of()})
    other.fill("#alt", "A red rota")
    other.click("main button:text-is('Upload')")
    line = other.input_value("#line")
    assert line.startswith("![A red rota](/images/")
    assert loaded(other, ".added img")
    page.fill("#body", line)
    page.click("main button:text('Post')")
    page.wait_for_selector(".prose img[alt='A red rota']")
    assert rows(ImageUse) == 1


def test_the_page_of_images_keeps_nobody_out(visit, cast, make, axe):
    make.image(cast.customer)
    page = visit(cast.customer, width=390)
    page.goto("/images/")
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
