"""What a roadmap costs: the same number of queries at 10, 1,000 and 100,000 ideas."""

from portal.ideas.roadmap.queries import COUNTED
from tests.ideas.test_budgets import a_hundred_times_as_many, some_ideas


def test_a_roadmap_costs_the_same_at_any_size(make, cast, as_, at_most):
    boards = [make.board(votes_against=n == 1) for n in range(3)]
    people = [cast.customer, cast.other_customer, cast.moderator]
    make.roadmap(statuses=("under_review", "planned", "started", "shipped"))
    make.roadmap(arrangement="quarter", statuses=("planned", "started"))
    grown = [
        lambda: some_ideas(boards, people, 1, 11),
        lambda: some_ideas(boards, people, 11, 1_001),
        a_hundred_times_as_many,
    ]
    browsers = {as_(None): 8, as_(cast.customer): 10, as_(cast.product_manager): 13}
    for grow in grown:
        grow()
        for path in ("/roadmap/", "/roadmap/2", "/roadmap/?board=1", "/roadmap/1/columns/planned"):
            for browser, allowed in browsers.items():
                with at_most(queries=allowed):
                    page = browser.get(path)
                assert page.status_code == 200
    assert f"over {COUNTED:,}" in page_text(as_(None))


def page_text(browser):
    return browser.get("/roadmap/").text
