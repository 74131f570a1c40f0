"""The structured data of a question: true counts, accepted and shown answers, and no way out of the script."""

import json

import pytest

from portal import clock
from portal.forums.accepting import accept


@pytest.fixture
def question(make, cast):
    return make.topic(
        author=cast.customer, title="Why </script><script>alert(1)</script>?", body="It *stops*."
    )


def described(page):
    _head, _, rest = page.partition('<script type="application/ld+json" nonce="')
    text = rest.partition(">")[2].partition("</script>")[0]
    return json.loads(text) if text else None


def test_a_question_with_its_answers(as_, make, cast, question):
    first = make.reply(question, author=cast.other_customer, body="Choose **Period**.", votes_up=3)
    second = make.reply(question, author=cast.moderator, body="Or so.")
    make.reply(question, parent_id=first.id)
    make.reply(question, hidden_at=clock.now())
    accept(second, by=cast.customer)
    found = described(as_(None).get(f"/questions/{question.id}").text)
    assert found["@type"] == "QAPage"
    entity = found["mainEntity"]
    assert (entity["name"], entity["text"], entity["answerCount"]) == (question.title, "It stops.", 2)
    assert entity["author"]["name"] == "Ines Duarte"
    assert entity["author"]["url"].startswith("http://localhost/people/")
    best = entity["acceptedAnswer"]
    assert (best["text"], best["url"]) == (
        "Or so.",
        f"http://localhost/questions/{question.id}/posts/{second.id}",
    )
    [other] = entity["suggestedAnswer"]
    assert (other["text"], other["upvoteCount"]) == ("Choose Period.", 3)


def test_the_count_is_of_all_answers_also_on_a_later_page(as_, make, question):
    replies = [make.reply(question) for _ in range(23)]
    page = as_(None).get(f"/questions/{question.id}?from={replies[20].position}").text
    entity = described(page)["mainEntity"]
    assert (entity["answerCount"], len(entity["suggestedAnswer"])) == (23, 3)


def test_nothing_in_it_ends_the_script(as_, make, question):
    make.reply(
        question, body="</script><img src=x> <!--", body_html="<p>&lt;/script&gt;&lt;img&gt; &lt;!--</p>"
    )
    page = as_(None).get(f"/questions/{question.id}").text
    data = page.partition("application/ld+json")[2].partition("</script>")[0]
    assert "<" not in data.partition(">")[2]
    assert described(page)["mainEntity"]["name"] == question.title


def test_ghosts_have_a_name_and_no_address(as_, make):
    topic = make.topic(ghost_name="user 4711")
    author = described(as_(None).get(f"/questions/{topic.id}").text)["mainEntity"]["author"]
    assert author == {"@type": "Person", "name": "user 4711"}


def test_discussions_and_hidden_questions_have_none(as_, make, cast):
    talk = make.topic(kind="discussion")
    hidden = make.topic(hidden_at=clock.now())
    assert described(as_(None).get(f"/questions/{talk.id}").text) is None
    assert described(as_(cast.moderator).get(f"/questions/{hidden.id}").text) is None
