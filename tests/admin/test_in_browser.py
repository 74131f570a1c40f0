"""The desk in the real browser: no barrier in either theme, and closing an account with two presses."""

import pytest

CUT_OFF = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.parametrize(("dark", "width"), [(False, 1280), (True, 360)], ids=["light", "dark phone"])
def test_no_page_keeps_anybody_out(visit, axe, cast, make, dark, width):
    board, category = make.board(), make.category()
    page = visit(cast.admin, dark=dark, width=width)
    for path in (
        "/admin/",
        "/admin/people",
        "/admin/people?q=nobody",
        f"/admin/people/{cast.customer.id}",
        "/admin/companies",
        "/admin/companies/new",
        f"/admin/companies/{cast.company.id}",
        "/admin/boards",
        f"/admin/boards/{board.id}",
        "/admin/categories/new",
        f"/admin/categories/{category.id}",
        "/admin/health",
    ):
        page.goto(path)
        assert (path, axe(page)) == (path, [])
        assert (path, page.evaluate(CUT_OFF)) == (path, 0)


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_an_account_is_closed_and_opened(visit, cast, script):
    page = visit(cast.admin, script=script)
    page.goto("/admin/")
    page.get_by_role("link", name="People").click()
    page.get_by_role("searchbox", name="Name, mail address or company").fill("tomas")
    page.get_by_role("main").get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Tomas Lind").click()
    page.get_by_text("Close the account").click()
    page.get_by_role("button", name="Close it").click()
    page.get_by_text("The account is closed").wait_for()
    page.get_by_text("Open it again").click()
    page.get_by_role("button", name="Open it").click()
    page.get_by_text("The account is open again.").wait_for()
