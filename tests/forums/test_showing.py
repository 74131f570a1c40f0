"""The page of a topic: what stands where, reading by position, jumps, permalinks, hidden and locked states."""

import re

import pytest

from portal import clock
from portal.database import db
from portal.discussion.models import Label, Labelling, Link, Post
from portal.forums.accepting import accept


@pytest.fixture
def question(make, cast):
    return make.topic(author=cast.customer, title="Report shows old totals")


@pytest.fixture
def long_talk(make, cast, question):
    """45 answers; the tenth (position 10) has seven comments (positions 11 to 17)."""
    answers = []
    with make.in_one_transaction():
        for n in range(45):
            answers.append(make.reply(question, author=cast.other_customer, body=f"Answer number {n + 1}."))
            if n == 9:
                for _ in range(7):
                    make.reply(question, author=cast.customer, parent_id=answers[9].id)
    return answers


def shown(page):
    """The ids of the posts on a page, in order."""
    return [int(number) for number in re.findall(r'id="post-(\d+)"', page)]


def the_answers(page, answers):
    ids = {answer.id for answer in answers}
    return [number for number in shown(page) if number in ids]


def link(page, words):
    return re.search(rf'href="([^"]+)"[^>]*>(?:<svg(?:(?!</svg>).)*</svg>)?{words}', page, re.DOTALL)[
        1
    ].replace("&amp;", "&")


def test_the_question_its_answers_and_their_comments(as_, make, cast, question):
    answer = make.reply(question, author=cast.other_customer, body="Choose *Period*.")
    comment = make.reply(question, author=cast.customer, parent_id=answer.id, body="Thanks!")
    page = as_(None).get(f"/questions/{question.id}-whatever").text
    assert shown(page) == [answer.id, comment.id]
    assert "1 answer" in page
    assert "<em>Period</em>" in page
    assert "Harbor Foods" in page


def test_the_accepted_answer_stands_on_top_once(as_, make, cast, question):
    first, second = (make.reply(question, author=cast.other_customer) for _ in range(2))
    accept(second, by=cast.customer)
    page = as_(None).get(f"/questions/{question.id}").text
    assert shown(page) == [second.id, first.id]
    assert 'aria-label="Accepted answer"' in page
    assert ">Answered<" in re.sub(r"\s", "", page)


def test_it_is_read_in_stretches_forth_and_back(as_, question, long_talk):
    browser = as_(None)
    first = browser.get(f"/questions/{question.id}").text
    assert the_answers(first, long_talk) == [a.id for a in long_talk[:20]]
    second = browser.get(link(first, "Later replies")).text
    assert the_answers(second, long_talk) == [a.id for a in long_talk[20:40]]
    third = browser.get(link(second, "Later replies")).text
    assert the_answers(third, long_talk) == [a.id for a in long_talk[40:]]
    assert "Later replies" not in third
    back = browser.get(link(third, "Earlier replies")).text
    assert the_answers(back, long_talk) == [a.id for a in long_talk[20:40]]


def test_the_jumps(as_, question, long_talk):
    browser = as_(None)
    page = browser.get(f"/questions/{question.id}").text
    last = browser.get(link(page, "Last page")).text
    assert the_answers(last, long_talk) == [a.id for a in long_talk[25:]]
    assert the_answers(browser.get(link(last, "First")).text, long_talk)[0] == long_talk[0].id
    newest = browser.get(link(page, "Newest reply"))
    assert newest.location.endswith(f"/posts/{long_talk[-1].id}")


def test_a_permalink_leads_to_where_it_stands(as_, question, long_talk):
    browser = as_(None)
    for n in (0, 19, 20, 44):
        found = browser.get(f"/questions/{question.id}/posts/{long_talk[n].id}")
        assert found.status_code == 302
        address, anchor = found.location.split("#")
        assert anchor == f"post-{long_talk[n].id}"
        assert f'id="{anchor}"' in browser.get(address).text


def test_a_permalink_to_a_comment(as_, make, question, long_talk):
    browser = as_(None)
    comments = [post.id for post in _comments_on(long_talk[9])]
    near = browser.get(f"/questions/{question.id}/posts/{comments[4]}").location
    assert near == f"/questions/{question.id}-report-shows-old-totals#post-{comments[4]}"
    far = browser.get(f"/questions/{question.id}/posts/{comments[5]}").location
    assert far.startswith(f"/posts/{long_talk[9].id}/comments?")
    assert f'id="post-{comments[5]}"' in browser.get(far.split("#")[0]).text


def test_five_comments_and_the_way_to_all(as_, question, long_talk):
    browser = as_(None)
    page = browser.get(f"/questions/{question.id}").text
    comments = [post.id for post in _comments_on(long_talk[9])]
    assert [number for number in shown(page) if number in comments] == comments[:5]
    everything = browser.get(link(page, "Show all 7 comments")).text
    assert shown(everything) == [long_talk[9].id, *comments]


def _comments_on(post):
    return db.session.query(Post).filter_by(parent_id=post.id).order_by(Post.position).all()


def test_a_permalink_to_the_accepted_answer(as_, cast, question, long_talk):
    accept(long_talk[40], by=cast.customer)
    found = as_(None).get(f"/questions/{question.id}/posts/{long_talk[40].id}").location
    assert "from=" not in found
    assert found.endswith(f"#post-{long_talk[40].id}")


def test_a_broken_place_is_the_beginning_and_beyond_the_end_is_said_so(as_, question, long_talk):
    browser, path = as_(None), f"/questions/{question.id}"
    for query in ("from=0", "from=-3", "from=x", "to=x", "from=" + "9" * 40, "from=1e3"):
        page = browser.get(f"{path}?{query}")
        assert page.status_code == 200, query
        assert the_answers(page.text, long_talk)[0] == long_talk[0].id, query
    for query in ("from=9999", "from=" + "9" * 18):
        assert "There is nothing here any more." in browser.get(f"{path}?{query}").text, query


def test_a_hidden_reply_is_there_for_its_author_and_moderators_only(as_, make, cast, question):
    reply = make.reply(
        question, author=cast.customer, body="Buy watches", hidden_at=clock.now(), hidden_reason="Advertising"
    )
    under = make.reply(question, author=cast.other_customer, parent_id=reply.id)
    for who, sees in [(None, []), (cast.other_customer, [])] + [
        (person, [reply.id, under.id]) for person in (cast.customer, cast.moderator)
    ]:
        page = as_(who).get(f"/questions/{question.id}").text
        assert shown(page) == sees
        assert ("Advertising" in page) == bool(sees)
        assert ("Buy watches" in page) == bool(sees)


def test_a_comment_under_a_hidden_reply_has_no_address_for_others(as_, make, cast, question):
    reply = make.reply(question, author=cast.customer, hidden_at=clock.now())
    under = make.reply(question, author=cast.other_customer, parent_id=reply.id)
    for path in (f"/questions/{question.id}/posts/{under.id}", f"/posts/{under.id}"):
        assert as_(cast.other_customer).get(path).status_code == 404
        assert as_(cast.moderator).get(path).status_code == 302


def test_a_hidden_question_says_why_to_its_author(as_, make, cast):
    topic = make.topic(author=cast.customer, hidden_at=clock.now(), hidden_reason="Advertising")
    page = as_(cast.customer).get(f"/questions/{topic.id}").text
    assert "Advertising" in page
    assert "Post answer" not in page
    assert "Post answer" in as_(cast.moderator).get(f"/questions/{topic.id}").text
    assert as_(None).get(f"/questions/{topic.id}").status_code == 404


def test_a_locked_question_says_why_and_has_no_box(as_, cast, question):
    question.locked_at, question.locked_reason = clock.now(), "Settled in the docs"
    page = as_(cast.customer).get(f"/questions/{question.id}").text
    assert "Settled in the docs" in page
    assert "Post answer" not in page
    assert "Comment</a>" not in page


def test_a_stranger_is_invited(as_, question):
    page = as_(None).get(f"/questions/{question.id}").text
    assert f"/login?next=/questions/{question.id}" in page
    assert "<textarea" not in page


def test_a_discussion_has_replies_and_no_votes(as_, make, cast):
    topic = make.topic(kind="discussion")
    make.reply(topic)
    page = as_(cast.customer).get(f"/questions/{topic.id}").text
    assert "1 reply" in page
    assert "vote-post" not in page


def test_links_show_on_both_ends_as_far_as_one_may_know(as_, make, cast, question):
    again = make.topic(title="Totals are from yesterday")
    secret = make.topic(title="Cheap watches", hidden_at=clock.now())
    idea = make.idea(title="Rolling day by default")
    for kind, one, other in [
        ("duplicate", {"from_topic_id": again.id}, {"to_topic_id": question.id}),
        ("related", {"from_topic_id": question.id}, {"to_idea_id": idea.id}),
        ("related", {"from_topic_id": question.id}, {"to_topic_id": secret.id}),
    ]:
        db.session.add(Link(kind=kind, created_at=clock.now(), **one, **other))
    page = as_(None).get(f"/questions/{question.id}").text
    assert "Asked again in" in page
    assert "Totals are from yesterday" in page
    assert f'href="/ideas/{idea.id}-rolling-day-by-default"' in page
    assert "Cheap watches" not in page
    assert "Cheap watches" in as_(cast.moderator).get(f"/questions/{question.id}").text
    assert "The same as" in as_(None).get(f"/questions/{again.id}").text


def test_labels(as_, question):
    label = Label(name="daily-report")
    db.session.add(label)
    db.session.flush()
    db.session.add(Labelling(label_id=label.id, topic_id=question.id))
    assert "daily-report" in as_(None).get(f"/questions/{question.id}").text


def test_a_page_for_a_stranger_sets_no_cookie_and_can_be_kept(app, as_, question, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    answer = as_(None).get(f"/questions/{question.id}")
    assert "Set-Cookie" not in answer.headers
    kept = as_(None).get(f"/questions/{question.id}", headers={"If-None-Match": answer.headers["ETag"]})
    assert kept.status_code == 304


def test_no_such_question(as_, question):
    stranger = as_(None)
    for number in ("0", "999", "1x", "9" * 18, "9" * 30):
        assert stranger.get(f"/questions/{number}").status_code == 404, number
        assert stranger.get(f"/questions/{question.id}/posts/{number}").status_code == 404, number


def test_comments_on_the_question_itself_stand_beneath_it(as_, make, cast, question):
    """They come with imports; an answer to one stands beside it."""
    asides = [make.reply(question, aside=True) for _ in range(7)]
    answer = make.reply(question)
    question.replies, question.answers = 8, 1
    browser = as_(cast.customer)
    page = browser.get(f"/questions/{question.id}").text
    assert shown(page) == [*[aside.id for aside in asides[:5]], answer.id]
    assert shown(browser.get(link(page, "Show all 7 comments")).text) == [aside.id for aside in asides]
    near = browser.get(f"/questions/{question.id}/posts/{asides[1].id}").location
    assert near == f"/questions/{question.id}-report-shows-old-totals#post-{asides[1].id}"
    far = browser.get(f"/questions/{question.id}/posts/{asides[6].id}").location
    assert f'id="post-{asides[6].id}"' in browser.get(far.split("#")[0]).text
    browser.post(f"/posts/{asides[1].id}/comments", data={"body": "Which version?"})
    mine = newest_of(question)
    assert (mine.aside, mine.parent_id) == (True, None)
    assert (question.replies, question.answers) == (9, 1)


def newest_of(topic):
    return db.session.query(Post).filter_by(topic_id=topic.id).order_by(Post.position.desc()).first()
