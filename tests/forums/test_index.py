"""The lists of questions: filters, orders, pages, empty states, what is hidden."""

from datetime import timedelta

import pytest

from portal import clock
from tests.factories import EPOCH


@pytest.fixture
def several(make, cast):
    """Six topics by name, the later ones with the later activity, but asked in the other order."""
    reports, mobile = make.category(name="Reports"), make.category(name="Mobile", position=1)

    def topic(n, title, **fields):
        when = {
            "created_at": EPOCH + timedelta(days=20 - n),
            "last_activity_at": EPOCH + timedelta(days=30 + n),
        }
        return make.topic(**{"title": title, "author": cast.customer, "category": reports} | when | fields)

    return {
        "open": topic(1, "Open question"),
        "answered": topic(2, "Answered question", answers=2, replies=2, last_author_id=cast.moderator.id),
        "solved": topic(3, "Solved question", answers=1, replies=1, solved_at=EPOCH + timedelta(days=40)),
        "talk": topic(4, "A discussion", kind="discussion", category=mobile),
        "mobile": topic(5, "Mobile question", category=mobile),
        "hidden": topic(6, "Hidden question", hidden_at=clock.now()),
    } | {"reports_category": reports, "mobile_category": mobile}


def titles(page):
    rows = page.split('id="topics"')[1].split("</main>")[0] if 'id="topics"' in page else ""
    return [row.split("</a>")[0].rsplit(">", 1)[1] for row in rows.split("<article")[1:]]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Mobile question", "A discussion", "Solved question", "Answered question", "Open question"]),
        (
            "?sort=newest",
            ["Open question", "Answered question", "Solved question", "A discussion", "Mobile question"],
        ),
        ("?show=unanswered", ["Mobile question", "Open question"]),
        ("?show=solved", ["Solved question"]),
        ("?show=discussions", ["A discussion"]),
        ("?category=2", ["Mobile question", "A discussion"]),
        ("?category=2&show=unanswered&sort=newest", ["Mobile question"]),
        ("?category=1-reports&show=discussions", []),
        (
            "?show=nonsense&sort=nonsense",
            ["Mobile question", "A discussion", "Solved question", "Answered question", "Open question"],
        ),
    ],
)
def test_filters_and_orders(as_, several, query, expected):
    answer = as_(None).get(f"/questions/{query}")
    assert answer.status_code == 200
    assert titles(answer.text) == expected


def test_hidden_questions_are_listed_for_their_author_and_moderators(as_, several, cast):
    for who, sees in [
        ("stranger", False),
        ("other_customer", False),
        ("customer", True),
        ("moderator", True),
    ]:
        assert ("Hidden question" in titles(as_(cast[who]).get("/questions/").text)) == sees


def test_a_row_says_who_spoke_last(as_, several):
    page = as_(None).get("/questions/").text
    row = page.split("Answered question")[1].split("</article>")[0]
    assert "Mo Adeyemi" in row
    assert "replied" in row
    assert "2</b> replies" in row


def test_pages_by_link_forth_and_back(as_, make, cast):
    category = make.category()
    for n in range(45):
        make.topic(category=category, author=cast.customer, title=f"Topic {n:02}")
    browser, seen, path = as_(None), [], "/questions/"
    while path:
        page = browser.get(path).text
        seen.append(titles(page))
        path = (
            page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
            if 'rel="next"' in page
            else ""
        )
    assert [len(each) for each in seen] == [20, 20, 5]
    assert [title for each in seen for title in each] == [f"Topic {n:02}" for n in reversed(range(45))]
    back = page.split('rel="prev" href="')[1].split('"')[0].replace("&amp;", "&")
    assert titles(browser.get(back).text) == seen[1]


@pytest.mark.parametrize("query", ["category=99", "category=" + "9" * 18])
def test_no_such_category(as_, several, query):
    assert as_(None).get(f"/questions/?{query}").status_code == 404


@pytest.mark.parametrize("cursor", ["x", "W10", "e30", "WzAsMV0"])
def test_a_broken_page_link(as_, several, cursor):
    assert as_(None).get(f"/questions/?cursor={cursor}").status_code == 400


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", "Nothing was asked here yet"),
        ("?show=unanswered", "Everything here has an answer"),
        ("?show=solved", "Nothing is solved here yet"),
        ("?show=discussions", "No discussions here yet"),
    ],
)
def test_an_empty_list_says_what_to_do(as_, make, query, words):
    make.category()
    page = as_(None).get(f"/questions/{query}").text
    assert words in page
    assert page.count("Ask a question") >= 2


def test_an_archived_category_stays_readable(as_, make):
    closed = make.category(name="Old product", archived_at=clock.now())
    make.topic(category=closed, title="Once upon a time")
    page = as_(None).get(f"/questions/?category={closed.id}").text
    assert titles(page) == ["Once upon a time"]
    assert "closed" in page
