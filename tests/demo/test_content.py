"""What is written down about the demo community hangs together."""

import re
from collections import Counter
from itertools import chain

import pytest

from portal import markup
from portal.accounts.permissions import Role
from portal.demo.choosing import Electorate
from portal.demo.loading import load, posts_of
from portal.ideas.models import CLOSED, Status
from portal.moderation.models import FlagReason

COMMUNITY = load()
PEOPLE = {person["key"]: person for person in COMMUNITY.people}
COMPANIES = {company["key"]: company for company in COMMUNITY.companies}
IDEAS = {idea["key"]: idea for idea in COMMUNITY.ideas}
TOPICS = {topic["key"]: topic for topic in COMMUNITY.topics}
POSTS = [
    *chain.from_iterable(idea["comments"] for idea in COMMUNITY.ideas),
    *chain.from_iterable(map(posts_of, COMMUNITY.topics)),
]
ANSWERS = [answer for idea in COMMUNITY.ideas for answer in idea["answers"]]
TEXTS = [*COMMUNITY.ideas, *COMMUNITY.topics, *POSTS, *ANSWERS]
STAFF = {Role.MODERATOR, Role.PRODUCT_MANAGER, Role.ADMIN}


def test_there_is_enough_to_see():
    ours = [c for c in COMMUNITY.companies if c["tier"]]
    assert len(PEOPLE) >= 46
    assert len(ours) >= 12
    assert len(COMMUNITY.boards) == 4
    assert len(COMMUNITY.categories) == 5
    assert len(IDEAS) >= 44
    assert len(TOPICS) >= 62
    assert sum(idea["duplicate_of"] is not None for idea in IDEAS.values()) >= 3
    assert sum(len(idea["answers"]) > 1 for idea in IDEAS.values()) >= 10
    assert {idea["status"] for idea in IDEAS.values()} == set(Status)
    assert {company["tier"] for company in ours} == {"enterprise", "mid-size", "small"}


def test_questions_are_in_every_state():
    questions = [topic for topic in TOPICS.values() if topic["kind"] == "question"]
    solved = [t for t in questions if any("accepted_days_ago" in reply for reply in t["replies"])]
    open_ = [t for t in questions if t["replies"] and t not in solved]
    assert len(solved) >= 30
    assert len(open_) >= 5
    assert sum(not topic["replies"] for topic in questions) >= 5
    assert sum(len(posts_of(topic)) >= 30 for topic in TOPICS.values()) == 2
    assert sum(topic["kind"] == "discussion" for topic in TOPICS.values()) >= 10


@pytest.mark.parametrize("things", [COMMUNITY.companies, COMMUNITY.people, COMMUNITY.ideas, COMMUNITY.topics])
def test_keys_are_unique(things):
    assert [key for key, n in Counter(thing["key"] for thing in things).items() if n > 1] == []


def test_places_fit_their_columns():
    for place in (*COMMUNITY.boards, *COMMUNITY.categories):
        assert len(place["name"]) <= 60
        assert 0 < len(place["description"]) <= 300


def test_titles_and_addresses_are_unique():
    for values in (
        [thing["title"] for thing in (*COMMUNITY.ideas, *COMMUNITY.topics)],
        [person["email"] for person in PEOPLE.values()],
        [company["domain"] for company in COMPANIES.values()],
    ):
        assert len(values) == len(set(values))


def test_a_person_is_whole():
    for person in COMMUNITY.people:
        company = COMPANIES.get(person["company"])
        assert company or person["company"] is None
        assert person["role"] in set(Role)
        assert (person["role"] in STAFF) <= (person["company"] == COMMUNITY.about["company"])
        assert person["email"].endswith("@" + (company["domain"] if company else "freemail.example"))
        assert person["email"] == person["email"].lower()
        assert len(person["name"]) <= 80
        assert len(person["title"]) + len(person["about"]) < 490


def test_each_role_has_one_demo_sign_in():
    assert Counter(p["role"] for p in PEOPLE.values() if p["demo_login"]) == Counter(Role)


def test_a_company_is_whole():
    for company in COMMUNITY.companies:
        assert company["domain"].endswith(".example")
        if company["key"] != COMMUNITY.about["company"]:
            assert company["annual_revenue_eur"] > 0
            assert company["segment"]
            assert company["renews_in_days"] > 0
            assert PEOPLE[company["owner"]]["company"] == COMMUNITY.about["company"]


def test_a_text_has_an_author_who_was_there():
    for text in TEXTS:
        assert PEOPLE[text["author"]]["days_ago"] >= text["days_ago"] > 0
        assert text["body"] == text["body"].strip()
        assert len(markup.cook(text["body"]).html) > 2


def test_an_idea_is_told_in_order():
    for idea in COMMUNITY.ideas:
        assert all(each["days_ago"] < idea["days_ago"] for each in (*idea["comments"], *idea["answers"]))
        assert len(idea["comments"]) <= 14
        assert all(PEOPLE[answer["author"]]["role"] in STAFF for answer in idea["answers"])
        assert idea["status"] == (idea["answers"][-1]["status"] if idea["answers"] else Status.OPEN)
        assert (idea["status"] in CLOSED) <= bool(idea["answers"])
        assert len(idea["title"]) <= 120
        assert len(idea["target"] or "") <= 40
        if idea["duplicate_of"]:
            assert IDEAS[idea["duplicate_of"]]["days_ago"] > idea["days_ago"]


def test_an_entry_of_the_changelog_tells_of_what_was_shipped_before():
    published = [entry for entry in COMMUNITY.changelog if entry.get("published", True)]
    assert len(published) >= 6
    for entry in COMMUNITY.changelog:
        assert PEOPLE[entry["author"]]["role"] in ("product_manager", "admin")
        assert all(IDEAS[key]["days_ago"] > entry["days_ago"] for key in entry["ideas"])
    for entry in published:
        shipped = [IDEAS[key]["answers"][-1] for key in entry["ideas"]]
        assert all(answer["status"] == Status.SHIPPED for answer in shipped)
        assert all(answer["days_ago"] > entry["days_ago"] for answer in shipped)


def test_a_topic_is_told_in_order():
    for topic in COMMUNITY.topics:
        accepted = [reply for reply in topic["replies"] if "accepted_days_ago" in reply]
        assert all(reply["days_ago"] < topic["days_ago"] for reply in topic["replies"])
        assert all(
            note["days_ago"] < reply["days_ago"]
            for reply in topic["replies"]
            for note in reply.get("comments", ())
        )
        assert len(accepted) <= (topic["kind"] == "question")
        assert all(0 < reply["accepted_days_ago"] < reply["days_ago"] for reply in accepted)
        assert all(reply["author"] != topic["author"] for reply in accepted)
        assert topic["kind"] == "question" or not any("votes" in reply for reply in topic["replies"])


def test_the_votes_on_an_idea_are_of_that_many_people():
    for idea in COMMUNITY.ideas:
        ballots = Electorate(COMMUNITY).on_idea(idea)
        voters = [ballot.person for ballot in ballots]
        assert len(voters) == len(set(voters))
        assert idea["author"] not in voters
        assert sum(ballot.value == 1 for ballot in ballots) == idea["votes"] - 1
        assert sum(ballot.value == -1 for ballot in ballots) == idea["votes_against"]
        assert all(0 < b.days_ago < min(idea["days_ago"], PEOPLE[b.person]["days_ago"]) for b in ballots)
        closed = [answer["days_ago"] for answer in idea["answers"] if answer["status"] in CLOSED]
        assert all(ballot.days_ago > max(closed, default=0) for ballot in ballots)


def test_a_crowd_voted_within_an_hour_with_new_accounts():
    crowds = [idea["crowd"] for idea in COMMUNITY.ideas if "crowd" in idea]
    assert len(crowds) == 1
    for crowd in crowds:
        assert max(crowd.values()) - min(crowd.values()) < 1 / 24
        assert all(0 < PEOPLE[who]["days_ago"] - days_ago < 1 for who, days_ago in crowd.items())
        assert len({PEOPLE[who]["company"] for who in crowd}) == 1


def test_the_votes_on_answers_are_of_that_many_people():
    for topic in COMMUNITY.topics:
        for n, reply in enumerate(topic["replies"]):
            ballots = Electorate(COMMUNITY).on_answer(f"{topic['key']} {n}", reply)
            voters = [ballot.person for ballot in ballots]
            assert len(voters) == len(set(voters)) == reply.get("votes", 0) + reply.get("votes_against", 0)
            assert reply["author"] not in voters
            assert all(0 < ballot.days_ago < reply["days_ago"] for ballot in ballots)


def test_votes_have_a_long_tail():
    counts = sorted((idea["votes"] for idea in IDEAS.values()), reverse=True)
    assert counts[0] < len(PEOPLE)
    assert counts[0] >= 30
    assert counts[len(counts) // 2] <= counts[0] / 2
    assert counts[-1] <= 2
    against = {idea["board"] for idea in IDEAS.values() if idea["votes_against"]}
    assert against == {board["key"] for board in COMMUNITY.boards if board["votes_against"]}


def test_something_happened_today_yesterday_and_in_every_month_of_a_year():
    ages = [text["days_ago"] for text in TEXTS]
    assert {int(age / 30.5) for age in ages} >= set(range(12))
    assert sum(age < 1 for age in ages) >= 5
    assert sum(1 <= age < 2 for age in ages) >= 5


def test_the_queue_has_work_and_a_past():
    things = {"idea": IDEAS, "topic": TOPICS, "post": {post.get("key"): post for post in POSTS}}
    moderation = COMMUNITY.moderation
    for act in chain.from_iterable(moderation.values()):
        assert things[act["subject"]][act["key"]]["days_ago"] > act["days_ago"]
        assert act["by"] in PEOPLE
        assert len(act.get("note", act["reason"])) <= 500
    waiting = {flag["key"] for flag in moderation["flags"] if not flag["judged"]}
    assert 5 <= len(waiting) <= 6
    assert len(moderation["hidings"]) == 3
    assert {flag["reason"] for flag in moderation["flags"]} <= set(FlagReason)
    for act in (*moderation["hidings"], *moderation["locks"]):
        assert PEOPLE[act["by"]]["role"] in STAFF


def test_nobody_says_the_same_thing_twice():
    sentences = Counter()
    for text in TEXTS:
        prose = re.sub(r"```.*?```", " ", text["body"], flags=re.DOTALL)
        sentences.update(s.strip() for s in re.split(r"[.!?\n|]+", prose) if len(s.strip()) > 28)
    assert [sentence for sentence, n in sentences.items() if n > 1] == []


def test_no_text_leads_out_of_the_demo():
    hosts = set(re.findall(r"https?://([^/\s)\"']+)", " ".join(text["body"] for text in TEXTS)))
    assert {host for host in hosts if not host.endswith(".example")} == set()
