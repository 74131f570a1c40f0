"""The search page: only what you may see, always an answer, a fixed number of queries."""

import json

import html5lib
import pytest

from portal.discussion.writing import write
from portal.forums.accepting import accept
from portal.forums.starting import start
from portal.ideas.submitting import submit
from portal.moderation.hiding import hide
from portal.search import finding
from portal.search.filling import Document
from portal.search.indexing import rebuild


@pytest.fixture
def community(cast, make, catch_up):
    """An idea, a question and what was said about them, all of them about offline work; in the index."""
    idea = submit(board=make.board(), by=cast.customer, title="Offline mode", body="In *cellars*")
    topic = start(category=make.category(), by=cast.customer, title="Going offline?", body="How?")
    comment = write(idea, by=cast.other_customer, body="Offline too, please")
    reply = write(topic, by=cast.other_customer, body="Pull the offline plug")
    catch_up()
    return {"idea": idea, "topic": topic, "comment": comment, "reply": reply}


@pytest.fixture
def page(as_):
    """`page("offline", by=person)` is the page as parsed by a browser."""

    def get(q, by=None, **query):
        answer = as_(by).get("/search", query_string={"q": q, **query})
        assert answer.status_code == 200
        return Page(answer.text)

    return get


class Page:
    def __init__(self, text):
        self.text = text
        self.tree = html5lib.parse(text, namespaceHTMLElements=False)

    @property
    def titles(self):
        return ["".join(each.itertext()).strip() for each in self.tree.findall(".//article//h2")]

    @property
    def words(self):
        """Idea, Question, Answer … of each result."""
        return [each.find(".//div[@class='facts']/span").text for each in self.tree.findall(".//article")]

    @property
    def marks(self):
        return {"".join(each.itertext()).lower() for each in self.tree.findall(".//mark")}


def test_ideas_questions_and_what_was_said_come_together(page, community):
    found = page("offline")
    assert sorted(found.words) == ["Answer", "Comment", "Idea", "Question"]
    assert found.titles[0] == "Offline mode"
    assert found.marks == {"offline"}


def test_kinds_narrow(page, community):
    narrowed = {"ideas": ["Idea"], "questions": ["Question"], "replies": ["Answer", "Comment"]}
    assert {kind: sorted(page("offline", kind=kind).words) for kind in narrowed} == narrowed
    assert len(page("offline", kind="bogus").words) == 4


def test_results_lead_to_the_things(page, community, as_):
    found = page("offline")
    for link in found.tree.findall(".//article//h2/a"):
        assert as_().get(link.get("href")).status_code in {200, 302, 303}


def test_a_hidden_thing_is_not_shown_even_while_the_index_still_holds_it(page, community, cast, app):
    hide(community["topic"], by=cast.moderator, reason="Spam")
    hide(community["comment"], by=cast.moderator, reason="Spam")
    assert page("offline").words == ["Idea"]
    assert page("offline", by=cast.other_customer).words == ["Idea", "Comment"]
    assert len(page("offline", by=cast.moderator).words) == 4


def test_what_was_edited_away_is_not_shown_while_the_index_still_holds_it(page, community, cast, make, app):
    with app.extensions["search"].writing() as batch:
        batch.update(Document("post", community["reply"].id, "", "offline secret number 4711", "", "older"))
    assert "4711" not in page("offline").text


def test_text_is_shown_as_text(page, cast, make, catch_up):
    script = "<script>alert(1)</script> & <b>offline</b>"
    submit(board=make.board(), by=cast.customer, title=script, body=f"`{script}`")
    catch_up()
    found = page("offline")
    assert found.titles == [script]
    assert found.tree.find(".//article//script") is None
    assert found.marks == {"offline"}


def test_pages_of_results(page, cast, make, catch_up):
    board, author = make.board(), make.person()
    for number in range(45):
        make.idea(board=board, author=author, title=f"Offline mode {number}")
    catch_up()
    pages = [page("offline", page=number) for number in (1, 2, 3, 4, 99)]
    assert [len(each.titles) for each in pages] == [20, 20, 5, 0, 0]
    assert len({title for each in pages for title in each.titles}) == 45
    assert "More results" in pages[1].text
    assert "More results" not in pages[2].text


def test_nothing_found_becomes_a_question_or_an_idea(page, community):
    found = page("teleportation ring")
    assert "Nothing found for" in found.text
    links = {each.get("href") for each in found.tree.findall(".//a")}
    assert {"/questions/new?title=teleportation+ring", "/ideas/new?title=teleportation+ring"} <= links


def test_an_empty_search_says_how_to_search(page, community):
    found = page("")
    assert "telling words" in found.text
    assert "Offline mode" in found.text
    assert page('"-').text


def test_without_an_index_the_page_says_so(page, make):
    make.idea(title="Offline mode")
    assert "Results may be incomplete" in page("offline").text


def test_with_a_damaged_index_the_page_says_so_and_the_worker_mends_it(page, community, app, catch_up):
    index = app.extensions["search"]
    for path in index._place().glob("*.seg"):
        path.write_bytes(b"\x00" * path.stat().st_size)
    index._mine.__dict__.clear()
    assert "Results may be incomplete" in page("offline").text
    catch_up()
    assert len(page("offline").words) == 4


def test_the_page_needs_a_fixed_number_of_queries(as_, cast, make, catch_up, at_most):
    for _ in range(3):
        topic = make.topic(title="Offline at last")
        idea = make.idea(title="Offline mode")
        make.comment(idea, body_html="<p>offline</p>")
        for _ in range(5):
            make.reply(topic, body_html="<p>offline</p>")
    catch_up()
    browser = as_(cast.customer)
    with at_most(queries=5):
        answer = browser.get("/search?q=offline")
    assert answer.text.count("<article") == 20
    with at_most(queries=2):
        browser.get("/search")


def test_no_hostile_text_breaks_the_search(as_, community, shared):
    browser = as_()
    strings = json.loads((shared / "data/hostile/strings/blns.json").read_text())
    for text in strings[::3]:
        answer = browser.get("/search", query_string={"q": text})
        assert answer.status_code == 200, text
        assert browser.get("/search/similar", query_string={"title": text}).status_code == 200, text


def test_no_syntax_and_no_address_is_an_error(as_, community):
    browser = as_()
    for text in ('"', "((", "a AND", "title:", "*", "~", "[a TO", "^2", "\\", "-", "+ +", "é" * 999):
        assert browser.get("/search", query_string={"q": text}).status_code == 200, text
    for query in ("page=x", "page=-1", "page=99999999999999999999", "kind=", "kind=%00", "page="):
        assert browser.get(f"/search?q=offline&{query}").status_code == 200, query


def test_similar_is_a_fragment_of_what_may_be_the_same(as_, community, cast, at_most):
    browser = as_(cast.other_customer)
    with at_most(queries=4):
        answer = browser.htmx("GET", "/search/similar?title=An+offline+mode")
    assert "Offline mode" in answer.text
    assert "<html" not in answer.text
    hide(community["idea"], by=cast.moderator, reason="Spam")
    assert "Offline mode" not in browser.htmx("GET", "/search/similar?title=An+offline+mode").text
    assert not browser.htmx("GET", "/search/similar?title=").text.strip()


def test_similar_counts_nothing_without_an_index(app, cast):
    assert finding.similar(app.extensions["search"], cast.stranger, "Offline mode") == []


def test_the_list_of_ideas_is_filtered_by_the_index(as_, community, app):
    assert "Offline mode" in as_().get("/ideas/?text=cellar").text
    assert "Offline mode" not in as_().get("/ideas/?text=attics").text


def test_the_answer_that_solved_it_is_said(page, community, cast):
    accept(community["reply"], by=cast.customer)
    assert "solved" in page("offline", kind="questions").text


def test_a_rebuild_while_somebody_searches(page, community, app):
    steps = rebuild(app.extensions["search"])
    next(steps)
    assert len(page("offline").words) == 4
    list(steps)
    assert len(page("offline").words) == 4
