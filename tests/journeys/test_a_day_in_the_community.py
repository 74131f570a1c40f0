"""From registering to the customer record, as the people of a company and its customers live through it."""

import csv
import re
import sqlite3
from pathlib import Path

import openpyxl
import pytest

from tests.journeys.conftest import PASSWORD, Portal, wait_for


@pytest.fixture(scope="module")
def admin_of(portal: Portal, chromium):
    """The first admin, made from the link that the first start printed; sets up a board and a category."""
    link = wait_for("link for the first admin", lambda: portal.found(r"(http://\S+/first-admin/\S+)"))
    page = chromium.new_context(base_url=portal.address, java_script_enabled=False).new_page()
    page.goto(link)
    page.get_by_label("Your name").fill("Ada Byrne")
    page.get_by_label("Mail address").fill("ada@tidewise.example")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Start").click()
    for kind, name in (("boards", "Mobile"), ("categories", "Reports")):
        page.goto(f"/admin/{kind}/new")
        page.get_by_label("Name", exact=True).fill(name)
        page.get_by_role("button", name="Save").click()
    yield page
    page.context.close()


def test_a_day(portal: Portal, admin_of, arrive):
    tail = "a" if arrive.with_script else "b"
    ines, mo, mira = arrive(), arrive(), arrive()
    ines.register("Ines Duarte", f"ines.{tail}@northwind.example")
    mo.register("Mo Adeyemi", f"mo.{tail}@tidewise.example")
    mira.register("Mira Kovač", f"mira.{tail}@tidewise.example")
    portal.flask(
        "admin", "grant", f"mo.{tail}@tidewise.example", "moderator", "--reason", "Keeps the place fair"
    )
    portal.flask("admin", "grant", f"mira.{tail}@tidewise.example", "product_manager", "--reason", "Decides")

    idea = propose(ines, f"Offline mode for field visits {tail}")
    vote(mo, idea)
    comment(mo, idea, "Forms matter more than photos.")
    question = ask(ines, f"Report shows old totals {tail}")
    answer(mo, question, "Choose **Rolling day** under the three dots.")
    find_useful_and_accept(ines, question)
    flag_and_hide(ines, mo, idea)
    decide(mira, idea)
    found_by_search(ines, f"field visits {tail}")
    export(mira, f"Offline mode for field visits {tail}")
    consent(ines)
    record(portal, mira, ines, f"ines.{tail}@northwind.example")
    assert "All numbers agree" in portal.flask("activity", "audit")


def propose(visitor, title):
    page = visitor.page
    page.goto("/ideas/new")
    page.get_by_label("What would make your day easier?").fill(title)
    page.get_by_label("Why does it matter").fill("Our engineers lose coverage in basements.")
    page.get_by_role("button", name="Post the idea").click()
    page.wait_for_url(lambda url: not url.endswith("/ideas/new"))
    if "/similar/" in page.url:
        # The day before said the same: that is shown first.
        page.get_by_role("button", name="Post it anyway").click()
        page.wait_for_url(lambda url: "/similar/" not in url)
    page.get_by_role("heading", name=title).wait_for()
    return page.url


def vote(visitor, idea):
    page = visitor.page
    page.goto(idea)
    box = page.locator("form.vote").first
    assert "1" in box.inner_text()
    box.get_by_role("button").click()
    page.locator("form.vote [aria-pressed=true]").first.wait_for()
    assert "2" in page.locator("form.vote").first.inner_text()


def write(page, text, button):
    form = page.locator("form", has=page.get_by_role("button", name=button))
    form.locator("textarea").fill(text)
    form.get_by_role("button", name=button).click()


def comment(visitor, idea, text):
    page = visitor.page
    page.goto(idea)
    write(page, text, "Post comment")
    page.locator("article.post", has_text=text).wait_for()


def ask(visitor, title):
    page = visitor.page
    page.goto("/questions/new")
    page.get_by_label("Title").fill(title)
    page.get_by_label("Text").fill("Since the update it stops at midnight.")
    page.get_by_role("button", name="Post it").click()
    page.get_by_role("heading", name=title).wait_for()
    return page.url


def answer(visitor, question, text):
    page = visitor.page
    page.goto(question)
    write(page, text, "Post answer")
    page.locator("article.post strong", has_text="Rolling day").wait_for()


def find_useful_and_accept(visitor, question):
    page = visitor.page
    page.goto(question)
    page.get_by_role("button", name=re.compile("^Useful")).first.click()
    page.locator("[aria-pressed=true]").first.wait_for()
    page.get_by_role("button", name="This solved it").click()
    page.locator("section.best").wait_for()


def flag_and_hide(customer, moderator, idea):
    page = customer.page
    page.goto(idea)
    page.locator("article.post").first.get_by_role("link", name="Flag").click()
    page.get_by_label("Does not belong here").check()
    page.get_by_role("button", name="Send to the moderators").click()
    page = moderator.page
    page.goto("/moderation/queue")
    case = page.locator("article", has_text="Forms matter more than photos.").last
    case.get_by_role("button", name="Hide").click()
    page.get_by_text("Hidden").first.wait_for()
    customer.page.goto(idea)
    assert customer.page.get_by_text("Forms matter more than photos.").count() == 0
    moderator.page.goto("/moderation/log")
    assert moderator.page.get_by_text("hid").count()


def decide(visitor, idea):
    page = visitor.page
    page.goto(idea)
    page.get_by_text("Give the official answer").click()
    page.locator("form", has=page.get_by_role("button", name="Publish the answer")).locator("textarea").fill(
        "We are building this for the first quarter."
    )
    page.get_by_role("button", name="Publish the answer").click()
    page.get_by_text("official answer").first.wait_for()


def found_by_search(visitor, words):
    def look():
        visitor.page.goto(f"/search?q={words}")
        return visitor.page.locator("main").get_by_text("Offline mode").count()

    wait_for("search result", look, 30)


def export(visitor, title):
    page = visitor.page
    page.goto("/exports/new")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    with Path(download.value.path()).open("rb") as file:
        sheet = openpyxl.load_workbook(file, read_only=True).worksheets[0]
        assert title in [cell for row in sheet.iter_rows(values_only=True) for cell in row]


def consent(visitor):
    page = visitor.page
    page.goto("/account/")
    page.get_by_role("button", name="Agree").click()
    page.get_by_role("button", name="Withdraw").wait_for()


def record(portal, product_manager, customer, address):
    """What the CRM got, on the staff page and in its own file."""
    portal.flask("crm", "push")
    file = portal.folder / "crm.csv"
    portal.flask("crm", "export", str(file))
    assert any(address in row.values() for row in csv.DictReader(file.open(encoding="utf-8", newline="")))
    assert sqlite3.connect(portal.folder / "crm.sqlite").execute("SELECT 1").fetchone()
    customer.page.goto("/account/")
    profile = customer.page.get_by_role("link", name="profile").first.get_attribute("href")
    number = re.search(r"/people/(\d+)", profile or customer.page.content())[1]
    product_manager.page.goto(f"/crm/people/{number}")
    assert product_manager.page.get_by_text(address).count()
