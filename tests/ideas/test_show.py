"""The page of one idea: what it says, to whom, and in how many queries."""

from datetime import UTC, datetime

import pytest

from portal import clock, markup
from portal.accounts.viewing import kind_of
from portal.database import db
from portal.discussion.models import Link, Post
from portal.ideas import deciding, queries, reading
from portal.ideas.models import Admission, Status, StatusChange
from portal.voting import casting
from tests.ideas.reading import page_of, shown, text_of


def test_what_a_stranger_reads(as_, make, cast):
    idea = make.idea(
        title="Offline mode",
        author=cast.customer,
        board=make.board(name="Mobile"),
        status="planned",
        target="Q1",
    )
    make.comment(idea, author=cast.other_customer, body_html="<p>For us forms matter more.</p>")
    page = as_(None).get(f"/ideas/{idea.id}-whatever")
    words = shown(page)
    for expected in (
        "Offline mode",
        "Planned · Q1",
        "Ines Duarte",
        "Northwind Utilities",
        "1 comment",
        "For us forms matter more.",
        "Tomas Lind",
        "Sign in to vote and comment",
    ):
        assert expected in words
    for unexpected in ("Who wants it", "Set the status", "official answer", "Edit", "Flag"):
        assert unexpected not in words
    assert "Set-Cookie" not in page.headers
    assert page.headers["ETag"]


def test_title_description_and_canonical_link(as_, make):
    idea = make.idea(title="Offline mode", body_html="<p>No signal &amp; no paper</p>")
    page = page_of(as_(None).get(f"/ideas/{idea.id}"))
    assert page.find(".//title").text == "Offline mode · Ideas · Test Community"
    assert page.find(".//meta[@name='description']").get("content") == "No signal & no paper"
    assert (
        page.find(".//link[@rel='canonical']").get("href") == f"http://localhost/ideas/{idea.id}-offline-mode"
    )


def test_the_official_answer_is_pinned_and_earlier_versions_stay(as_, make, cast):
    idea = make.idea()
    deciding.answer(idea, by=cast.product_manager, body="We look into **it**.", status=Status.UNDER_REVIEW)
    deciding.answer(idea, by=cast.product_manager, body="We build it.", status=Status.PLANNED)
    db.session.commit()
    page = page_of(as_(None).get(f"/ideas/{idea.id}"))
    pinned = page.find(".//section[@id='official-answer']")
    assert "We build it." in text_of(pinned)
    assert "Mira Kovač, product manager" in text_of(pinned)
    assert "version 2" in text_of(pinned)
    assert "We look into it." in text_of(page.find(".//details"))


def test_the_history_says_who_and_why(as_, make, cast):
    idea = make.idea(status="shipped")
    db.session.add(StatusChange(idea_id=idea.id, old=None, new="planned", at=None))
    why = {"reason": "Too rare", "ground": "rare"}
    deciding.change_status(idea, to=Status.DECLINED, by=cast.product_manager, **why)
    db.session.commit()
    words = shown(as_(None).get(f"/ideas/{idea.id}"))
    assert "What became of it" in words
    assert "Declined by Mira Kovač: Too rare" in words


def test_staff_see_who_wants_it_and_revenue_only_who_may(as_, make, cast):
    idea = make.idea(imported_up=3)
    for person in (cast.customer, cast.other_customer, make.person(company=cast.company)):
        casting.cast(idea, by=person)
    db.session.commit()
    seen = shown(as_(cast.product_manager).get(f"/ideas/{idea.id}"))
    for expected in (
        "people 3",
        "companies 2",
        "a year €129k",
        "Enterprise 67 %",
        "3 votes more were imported without names",
    ):
        assert expected in seen
    seen = shown(as_(cast.moderator).get(f"/ideas/{idea.id}"))
    assert "people 3" in seen
    assert "€" not in seen
    assert "Enterprise" not in seen
    assert "Who wants it" not in shown(as_(cast.customer).get(f"/ideas/{idea.id}"))


def test_my_vote_is_marked_with_its_day(as_, make, cast):
    idea = make.idea()
    browser = as_(cast.customer)
    assert "You voted" not in shown(browser.get(f"/ideas/{idea.id}"))
    browser.put(f"/ideas/{idea.id}/vote")
    page = browser.get(f"/ideas/{idea.id}")
    assert "You voted for it on" in shown(page)
    assert page_of(page).find(f".//button[@id='vote-idea-{idea.id}-button']").get("aria-pressed") == "true"


def test_htmx_on_the_page_changes_button_and_side_together(as_, make, cast):
    idea = make.idea(title="Offline mode")
    here = {"HX-Request": "true", "HX-Current-URL": f"http://localhost/ideas/{idea.id}-offline-mode"}
    fragment = as_(cast.customer).put(f"/ideas/{idea.id}/vote", headers=here).text
    assert f'id="your-vote-idea-{idea.id}"' in fragment
    assert "You voted for it" in fragment
    here["HX-Current-URL"] = "http://localhost/ideas/"
    assert "your-vote" not in as_(cast.customer).put(f"/ideas/{idea.id}/vote", headers=here).text


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        (
            {"hidden_at": clock.now(), "hidden_reason": "Advertising"},
            "This idea is hidden Only its author and moderators see it. The reason: Advertising",
        ),
        (
            {"locked_at": clock.now(), "locked_reason": "All is said"},
            "This idea is locked You can read it, but nobody can add to it. The reason: All is said",
        ),
        ({"status": "shipped"}, "it takes no more votes. Is something missing?"),
        ({"status": "declined"}, "This is declined, so it takes no more votes."),
    ],
    ids=["hidden", "locked", "shipped", "declined"],
)
def test_every_state_is_said_in_words(as_, make, cast, fields, words):
    idea = make.idea(author=cast.customer, **fields)
    page = as_(cast.customer).get(f"/ideas/{idea.id}")
    assert words in shown(page)
    assert "voting is closed" in shown(page)
    form = page_of(page).find(f".//form[@action='/ideas/{idea.id}-{markup_slug(idea)}/comments']")
    assert (form is None) == bool({"hidden_at", "locked_at"} & set(fields))


def markup_slug(idea):
    return idea.title.lower().replace(" ", "-")


def test_duplicates_and_related_things_are_linked_both_ways(as_, make, cast):
    idea, same, topic = (
        make.idea(title="Offline mode"),
        make.idea(title="No internet"),
        make.topic(title="Tunnels"),
    )
    hidden = make.idea(title="Cheap watches", hidden_at=clock.now())
    for kind, ends in (
        ("duplicate", {"from_idea_id": same.id, "to_idea_id": idea.id}),
        ("related", {"from_idea_id": idea.id, "to_topic_id": topic.id}),
        ("related", {"from_idea_id": idea.id, "to_idea_id": hidden.id}),
    ):
        db.session.add(Link(kind=kind, created_at=clock.now(), **ends))
    db.session.commit()
    words = shown(as_(None).get(f"/ideas/{idea.id}"))
    assert "Also asked for in No internet" in words
    assert "Related Tunnels" in words
    assert "Cheap watches" not in words
    words = shown(as_(None).get(f"/ideas/{same.id}"))
    assert "The same is asked for in Offline mode. Vote there" in words


def test_imported_ideas_say_where_from_and_their_links_are_followed(as_, make):
    body = markup.clean('<p>See <a href="https://example.org/x">this</a></p>').html
    idea = make.idea(
        ghost_name="Ivan",
        body_html=body,
        source_system="Ask Different Meta",
        source_url="https://example.org/q/1",
        source_author_url="https://example.org/users/2",
        license="CC BY-SA 3.0",
    )
    page = page_of(as_(None).get(f"/ideas/{idea.id}"))
    words = text_of(page)
    assert (
        "Originally posted by Ivan on Ask Different Meta, licensed CC BY-SA 3.0. Changed: formatting."
        in words
    )
    links = {a.get("href"): a.get("rel", "") for a in page.iter("a")}
    for address in ("https://example.org/q/1", "https://example.org/users/2", "https://example.org/x"):
        assert "nofollow" not in links[address]


def test_comments_are_read_by_position_in_pages_of_fifty(as_, make, cast):
    idea, author = make.idea(), make.person()
    cooked = {"body": "x", "cooked_with": "1", "created_at": clock.now(), "author_id": author.id}
    for n in range(1, 121):
        db.session.add(Post(idea_id=idea.id, position=n, body_html=f"<p>comment {n}.</p>", **cooked))
    idea.comments = idea.last_position = 120
    db.session.commit()
    browser = as_(None)
    first = browser.get(f"/ideas/{idea.id}")
    assert "comment 50." in first.text
    assert "comment 51." not in first.text
    later = next(a.get("href") for a in page_of(first).iter("a") if a.get("rel") == "next")
    second = browser.get(later.partition("#")[0])
    assert "comment 51." in second.text
    assert "comment 100." in second.text
    earlier = next(a.get("href") for a in page_of(second).iter("a") if a.get("rel") == "prev")
    assert "comment 1." in browser.get(earlier.partition("#")[0]).text
    post = db.session.query(Post).filter_by(position=97).one()
    link = browser.get(f"/ideas/{idea.id}/comments/{post.id}")
    assert link.status_code == 302
    assert link.location.endswith(f"?from=97#post-{post.id}")
    assert f'id="post-{post.id}"' in browser.get(link.location).text
    near = db.session.query(Post).filter_by(position=7).one()
    assert browser.get(f"/ideas/{idea.id}/comments/{near.id}").location.endswith(
        f"-{markup_slug(idea).split('-')[-1]}#post-{near.id}"
    )
    assert browser.get(f"/ideas/{idea.id}?from=999").status_code == 200
    for nonsense in ("from=x", "from=-1", "to=0", "from=99999999999999999999"):
        assert "comment 1." in browser.get(f"/ideas/{idea.id}?{nonsense}").text


def test_a_comment_of_another_idea_is_not_here(as_, make):
    comment, other = make.comment(make.idea()), make.idea()
    assert as_(None).get(f"/ideas/{other.id}/comments/{comment.id}").status_code == 404


def test_hidden_comments_are_left_out_but_for_author_and_moderators(as_, make, cast):
    idea = make.idea()
    make.comment(
        idea, author=cast.customer, body_html="<p>Rude.</p>", hidden_at=clock.now(), hidden_reason="Rude"
    )
    assert "Rude." not in as_(None).get(f"/ideas/{idea.id}").text
    assert "Rude." not in as_(cast.other_customer).get(f"/ideas/{idea.id}").text
    for who in (cast.customer, cast.moderator):
        assert "Rude." in as_(who).get(f"/ideas/{idea.id}").text


@pytest.mark.parametrize(
    ("who", "allowed"), [("stranger", 8), ("customer", 10), ("product_manager", 11), ("admin", 11)]
)
def test_it_takes_few_queries(as_, make, cast, at_most, who, allowed):
    idea = make.idea(author=cast.customer)
    deciding.answer(idea, by=cast.product_manager, body="We build it.", status=Status.PLANNED)
    casting.cast(idea, by=cast.customer)
    for _ in range(12):
        make.comment(idea, author=make.person(company=make.company()))
    path, browser = f"/ideas/{idea.id}", as_(cast[who])
    with at_most(queries=allowed):
        assert browser.get(path).status_code == 200


def test_what_is_asked_for_all_of_a_kind_holds_nothing_of_one_of_them_nor_of_a_moment(cast, monkeypatch):
    def constants(viewer):
        queries._shown_with.cache_clear()
        beside = tuple(told for told, _ in reading._beside.values())
        return queries._shown_with(kind_of(viewer), beside).compile().params

    for one, other in [("customer", "other_customer"), ("admin", "admin"), ("stranger", "stranger")]:
        now = constants(cast[one])
        with monkeypatch.context() as later:
            later.setattr(clock, "now", lambda: datetime(2040, 1, 1, tzinfo=UTC))
            assert constants(cast[other]) == now
        own = {cast[one].id, cast[one].company_id} - {None}
        assert not own & {value for key, value in now.items() if key.endswith("_id")}


def test_two_of_a_kind_each_read_their_own(as_, make, cast):
    ours, theirs = make.board(audience="companies"), make.board(audience="companies")
    db.session.add_all(
        [
            Admission(board_id=ours.id, company_id=cast.company.id),
            Admission(board_id=theirs.id, company_id=cast.other_company.id),
        ]
    )
    db.session.commit()
    here, there = make.idea(board=ours), make.idea(board=theirs)
    for _ in range(2):
        for who, idea, status in [
            (cast.customer, here, 200),
            (cast.other_customer, here, 404),
            (cast.other_customer, there, 200),
            (cast.customer, there, 404),
        ]:
            assert as_(who).get(f"/ideas/{idea.id}").status_code == status
