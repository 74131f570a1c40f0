"""The desk in the real browser: closing an account with two presses."""

import pytest


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
