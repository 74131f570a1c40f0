"""Build, look, save, take, schedule, and open the link of the mail: with script and without."""

import shutil
from pathlib import Path

import pytest

from portal import clock
from portal.database import db
from portal.transfer.saved.cli import deliver
from portal.transfer.saved.models import ExportSchedule
from portal.voting import casting
from tests.transfer.taking_out import tables_of
from tests.transfer.test_delivering import link_in


def titles_in(download, column="title"):
    path = Path(download.path())
    (rows,) = tables_of(download.suggested_filename, path.read_bytes()).values()
    return [row[column] for row in rows]


@pytest.fixture
def ideas(make, cast, settings):
    shutil.rmtree(settings.folder / "mail", ignore_errors=True)
    board = make.board(name="Mobile")
    for title in ("Offline mode", "Dark theme"):
        idea = make.idea(title=title, board=board, author=cast.customer)
    casting.cast(idea, by=cast.other_customer)
    db.session.commit()


def download(page, press):
    with page.expect_download() as coming:
        press()
    return coming.value


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_from_the_builder_to_the_file_of_a_mail(visit, cast, ideas, settings, script, site):
    page = visit(cast.product_manager, script=script, width=390)
    page.goto("/exports/new")
    page.get_by_label("Vote, with its voter").check()
    page.locator(".of-votes summary", has_text="The company").click()
    page.locator("label", has_text="account_owner").locator("visible=true").check()
    page.get_by_role("button", name="Show the first rows").click()
    page.wait_for_selector("#preview td:has-text('Tomas Lind')")
    assert "2 ideas, with personal data of 1 person" in page.inner_text("#preview")
    if not script:
        page.locator(".of-votes summary", has_text="The company").click()
    assert page.locator("label", has_text="account_owner").locator("visible=true").is_checked()

    page.get_by_label("Without personal data").check()
    page.get_by_label("CSV").check()
    page.locator("summary", has_text="Save it").click()
    page.fill("#name", "For the board")
    # Who leaves while the look is being fetched breaks that off, and htmx says so in the console.
    page.wait_for_load_state("networkidle")
    page.get_by_role("button", name="Save the export").click()
    page.wait_for_url("**/exports/saved/*")
    assert titles_in(download(page, lambda: page.get_by_text("Download now").click()), "idea_title") == [
        "Dark theme"
    ]

    page.locator("summary", has_text="Set a schedule").click()
    page.get_by_label("Every day").check()
    page.get_by_role("button", name="Save the schedule").click()
    page.wait_for_selector("text=It is made every day, 06:00 UTC")
    db.session.query(ExportSchedule).one().next_at = clock.now()
    db.session.commit()
    deliver(settings)
    (mail,) = (settings.folder / "mail").glob("*.eml")
    text = mail.read_text().replace(site, "http://localhost")
    page.reload()
    assert "Sent" in page.inner_text("#main")
    page.set_content(f"<a href='{site}{link_in(text)}'>From the mail</a>")
    taken = download(page, lambda: page.get_by_text("From the mail").click())
    assert taken.suggested_filename.startswith("for-the-board-")
    assert titles_in(taken, "idea_title") == ["Dark theme"]


def test_with_script_the_look_follows_each_choice(visit, cast, ideas):
    page = visit(cast.product_manager)
    page.goto("/exports/new?preset=steering")
    page.get_by_label("CSV").check()
    page.wait_for_selector("#preview td:has-text('Offline mode')")
    page.get_by_label("Only the first").fill("1")
    page.get_by_label("Only the first").press("Tab")
    page.wait_for_selector("#preview:not(:has-text('Offline mode'))")
    page.get_by_label("Only the first").fill("-1")
    page.get_by_label("Only the first").press("Tab")
    page.wait_for_selector("#preview:has-text('Give a whole number of ideas')")
