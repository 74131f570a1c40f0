"""Edit, history and source of a text, as people see them."""

import pytest

from portal.database import db
from portal.discussion.comparing import compare
from portal.discussion.models import Post, Revision


@pytest.fixture
def question(make, cast):
    return make.topic(author=cast.customer, title="Old title", body="The old text.")


@pytest.fixture
def answer(make, cast, question):
    return make.reply(question, author=cast.other_customer, body="Choose Period.")


def test_an_answer_is_edited_by_form(as_, cast, question, answer):
    browser = as_(cast.other_customer)
    assert "Choose Period.</textarea>" in browser.get(f"/posts/{answer.id}/edit").text
    sent = browser.post(f"/posts/{answer.id}", data={"_method": "PUT", "body": "Choose **Rolling day**."})
    assert sent.location == f"/questions/{question.id}/posts/{answer.id}"
    page = browser.get(f"/questions/{question.id}").text
    assert "<strong>Rolling day</strong>" in page
    assert f'href="/posts/{answer.id}/history">edited</a>' in page


def test_a_question_is_edited_by_form(as_, cast, question):
    browser = as_(cast.customer)
    sent = browser.post(
        f"/questions/{question.id}", data={"_method": "PUT", "title": "New title", "body": "The new text."}
    )
    assert sent.location == f"/questions/{question.id}-new-title"
    page = browser.get(f"/questions/{question.id}/history").text
    assert "<del>Old</del><ins>New</ins> title" in page
    assert "The <del>old</del><ins>new</ins> text." in page
    assert "Ines Duarte" in page


@pytest.mark.parametrize("path", ["/posts/{post.id}", "/questions/{topic.id}"])
def test_an_empty_text_comes_back(as_, cast, question, answer, path, rows):
    browser = as_(cast.moderator)
    sent = browser.put(path.format(post=answer, topic=question), data={"title": "Kept title", "body": " "})
    assert (sent.status_code, rows(Revision)) == (422, 0)
    assert "Please write a text." in sent.text


def test_others_see_that_it_was_edited_but_not_what_it_said(as_, cast, question, answer):
    as_(cast.other_customer).put(f"/posts/{answer.id}", data={"body": "Choose Rolling day."})
    page = as_(cast.customer).get(f"/questions/{question.id}").text
    assert "edited" in page
    assert f"/posts/{answer.id}/history" not in page
    assert as_(cast.customer).get(f"/posts/{answer.id}/history").status_code == 403
    shown = as_(cast.product_manager).get(f"/posts/{answer.id}/history").text
    assert "<del>Period</del><ins>Rolling day</ins>" in shown.replace("</ins><ins>", "")


def test_what_was_never_changed(as_, cast, answer):
    assert "It was never changed." in as_(cast.moderator).get(f"/posts/{answer.id}/history").text


def test_history_is_text(as_, cast, make, question):
    post = make.reply(question, author=cast.customer, body="<script>alert(1)</script>")
    as_(cast.customer).put(f"/posts/{post.id}", data={"body": "<img src=x onerror=alert(1)>"})
    page = as_(cast.customer).get(f"/posts/{post.id}/history").text
    assert "<img" not in page
    assert "alert(1)</script>" not in page


@pytest.mark.parametrize(
    ("before", "after", "parts"),
    [
        ("a b c", "a x c", [("kept", "a "), ("gone", "b"), ("new", "x"), ("kept", " c")]),
        ("", "a", [("new", "a")]),
        ("a", "", [("gone", "a")]),
        ("same", "same", [("kept", "same")]),
    ],
)
def test_comparing(before, after, parts):
    assert compare(before, after) == parts


LINES = [f"line {n} of a long text\n" for n in range(400)]


def test_comparing_long_texts_goes_by_lines_where_much_has_changed():
    once = [*LINES[:100], "another line\n", *LINES[101:]]
    assert [kind for kind, _ in compare("".join(LINES), "".join(once))][:3] == ["kept", "new", "kept"]
    twice = ["the first\n", *LINES[1:-1], "the last\n"]
    parts = compare("".join(LINES), "".join(twice))
    assert [kind for kind, _ in parts] == ["gone", "new", "kept", "gone", "new"]
    assert parts[2][1] == "".join(LINES[1:-1])


def test_what_would_take_long_to_compare_is_shown_as_a_whole():
    """All lines alike, and nothing alike at the ends: matching them would take minutes."""
    before, after = "a\n" * 10_000, "b\n" + "a\n" * 4_000 + "b\n" + "a\n" * 4_000 + "c"
    assert compare(before, after) == [("gone", before), ("new", after)]


SOURCE = {
    "ghost_name": "Hans <b>",
    "source_system": "meta.old.example",
    "source_id": "17",
    "source_url": "https://meta.old.example/a/17",
    "source_author_url": "https://meta.old.example/users/4",
    "license": "CC BY-SA 3.0",
}


def test_an_imported_text_says_where_it_is_from(as_, make, question):
    make.reply(question, **SOURCE)
    page = as_(None).get(f"/questions/{question.id}").text
    line = page.split('class="source meta"')[1].split("</p>")[0]
    assert 'href="https://meta.old.example/a/17" rel="noopener"' in line
    assert 'href="https://meta.old.example/users/4" rel="noopener"' in line
    assert "Hans &lt;b&gt;" in line
    assert "meta.old.example" in line
    assert 'href="https://creativecommons.org/licenses/by-sa/3.0/"' in line
    assert "Changed: formatting." in " ".join(line.split())
    assert "nofollow" not in line


def test_links_of_an_import_that_are_no_web_addresses_are_left_out(as_, make, question):
    make.reply(
        question, **SOURCE | {"source_url": "javascript:1", "source_author_url": "data:x", "license": "Own"}
    )
    page = as_(None).get(f"/questions/{question.id}").text
    line = page.split('class="source meta"')[1].split("</p>")[0]
    assert "javascript" not in line
    assert "href" not in line
    assert "Own" in line


def test_an_imported_html_text_stays_html_when_a_moderator_edits_it(as_, make, cast, question):
    post = make.reply(question, **SOURCE, body="<p>a</p>", body_html="<p>a</p>", cooked_with="html-1")
    as_(cast.moderator).put(f"/posts/{post.id}", data={"body": "<p>a <kbd>b</kbd></p><script>x</script>"})
    assert db.session.get_one(Post, post.id).body_html == "<p>a <kbd>b</kbd></p>x"
