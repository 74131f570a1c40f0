"""Reading the changelog: the list, an entry, the feed, and following it."""

from datetime import timedelta
from xml.etree import ElementTree

import pytest

from portal import clock
from portal.database import db
from portal.ideas.changelog import following, writing
from portal.ideas.changelog.models import ChangelogAdmission, ChangelogFollow
from portal.ideas.models import Audience
from tests.factories import EPOCH
from tests.ideas.reading import page_of, shown, text_of

ATOM = "{http://www.w3.org/2005/Atom}"


def titles(response):
    return [text_of(h2) for h2 in page_of(response).iter("h2") if h2.find("a") is not None]


def feed_of(response):
    assert response.status_code == 200
    assert response.mimetype == "application/atom+xml"
    return ElementTree.fromstring(response.data)


def test_the_newest_stands_first_and_pages_follow_by_key(make, as_):
    for n in range(23):
        make.entry(title=f"Entry {n}", published_at=EPOCH + timedelta(days=n))
    first = as_(None).get("/changelog/")
    assert titles(first) == [f"Entry {n}" for n in range(22, 12, -1)]
    older = next(a.get("href") for a in page_of(first).iter("a") if a.get("rel") == "next")
    assert titles(as_(None).get(older)) == [f"Entry {n}" for n in range(12, 2, -1)]
    assert "Set-Cookie" not in first.headers
    assert first.headers["Cache-Control"] == "public, no-cache"


def test_it_is_narrowed_by_kind_and_by_board(make, as_, cast):
    mobile, house = make.board(name="Mobile"), make.board(name="House", audience=Audience.STAFF)
    make.entry(title="Faster", kinds=("better",), ideas=[make.idea(board=mobile)])
    make.entry(title="Repaired", kinds=("fixed", "better"), ideas=[make.idea(board=house)])
    make.entry(title="Of no board", kinds=("new",))
    assert titles(as_(None).get("/changelog/?kind=better")) == ["Repaired", "Faster"]
    assert titles(as_(None).get("/changelog/?kind=fixed")) == ["Repaired"]
    assert titles(as_(None).get(f"/changelog/?board={mobile.id}")) == ["Faster"]
    assert titles(as_(cast.admin).get(f"/changelog/?board={house.id}")) == ["Repaired"]
    assert as_(None).get(f"/changelog/?board={house.id}").status_code == 404
    assert "Nothing of this kind yet" in shown(as_(None).get(f"/changelog/?kind=new&board={mobile.id}"))


def test_entries_are_for_their_audience_and_name_only_ideas_that_one_may_see(make, as_, cast):
    boards = {
        "Public idea": make.board(),
        "Members' idea": make.board(audience=Audience.SIGNED_IN),
        "House idea": make.board(audience=Audience.STAFF),
    }
    ideas = [make.idea(board=board, title=title) for title, board in boards.items()]
    ideas.append(make.idea(board=boards["Public idea"], title="Hidden idea", hidden_at=clock.now()))
    make.entry(title="For all", ideas=ideas)
    make.entry(title="For members", audience=Audience.SIGNED_IN)
    chosen = make.entry(title="For Northwind", audience=Audience.COMPANIES)
    make._save(ChangelogAdmission(entry_id=chosen.id, company_id=cast.company.id))
    make.entry(title="For staff", audience=Audience.STAFF)
    seen = {
        who: titles(as_(cast[who]).get("/changelog/"))[::-1]
        for who in ("stranger", "customer", "other_customer", "moderator")
    }
    assert seen == {
        "stranger": ["For all"],
        "customer": ["For all", "For members", "For Northwind"],
        "other_customer": ["For all", "For members"],
        "moderator": ["For all", "For members", "For Northwind", "For staff"],
    }
    for who, named in (("stranger", 1), ("customer", 2), ("moderator", 3)):
        page = as_(cast[who]).get("/changelog/1").text
        assert [title for title in (*boards, "Hidden idea") if title.replace("'", "&#39;") in page] == list(
            boards
        )[:named]


def test_it_takes_few_queries(make, as_, cast, at_most):
    for n in range(30):
        make.entry(
            ideas=[make.idea(), make.idea()], kinds=("new", "fixed"), published_at=EPOCH + timedelta(days=n)
        )
    for browser, allowed in ((as_(None), 5), (as_(cast.customer), 7), (as_(cast.product_manager), 7)):
        with at_most(queries=allowed):
            assert browser.get("/changelog/").status_code == 200
        with at_most(queries=allowed):
            assert browser.get("/changelog/7").status_code == 200
    with at_most(queries=4):
        as_(None).get("/changelog/feed.atom")


def test_the_feed_is_valid_atom(make, as_):
    make.entry(
        title="Version <8> & more \x0b",
        body='Text **bold** <script>alert(1)</script> ]]> [a](javascript:x) \x01 [b](/ideas/1) "q"',
        kinds=("new", "fixed"),
        published_at=EPOCH,
    )
    make.entry(title="Second", published_at=EPOCH + timedelta(days=1), edited_at=EPOCH + timedelta(days=3))
    feed = feed_of(as_(None).get("/changelog/feed.atom"))
    assert feed.tag == f"{ATOM}feed"
    assert feed.findtext(f"{ATOM}id") == "http://localhost/changelog/"
    assert feed.findtext(f"{ATOM}title")
    assert feed.findtext(f"{ATOM}updated") == "2026-01-04T00:00:00Z"
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == "Test Community"
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    assert links == {
        "self": "http://localhost/changelog/feed.atom",
        "alternate": "http://localhost/changelog/",
    }
    second, first = feed.findall(f"{ATOM}entry")
    ids = [each.findtext(f"{ATOM}id") for each in (first, second)]
    assert ids == ["http://localhost/changelog/1", "http://localhost/changelog/2"]
    assert first.findtext(f"{ATOM}title") == "Version <8> & more \ufffd"
    assert first.findtext(f"{ATOM}published") == "2026-01-01T00:00:00Z"
    assert second.findtext(f"{ATOM}updated") == "2026-01-04T00:00:00Z"
    assert [c.get("term") for c in first.findall(f"{ATOM}category")] == ["new", "fixed"]
    content = first.find(f"{ATOM}content")
    assert content.get("type") == "html"
    assert "<strong>bold</strong>" in content.text
    assert "<script" not in content.text
    assert "javascript:" not in content.text or 'href="javascript' not in content.text
    for each in (first, second):
        assert [link.get("href") for link in each.findall(f"{ATOM}link")] == [each.findtext(f"{ATOM}id")]


def test_the_feed_of_a_kind_and_what_strangers_get(make, as_, cast):
    make.entry(title="Faster", kinds=("better",))
    make.entry(title="Members", audience=Audience.SIGNED_IN)
    make.entry(title="A draft", stage="draft")
    entries = feed_of(as_(None).get("/changelog/feed.atom")).findall(f"{ATOM}entry")
    assert [each.findtext(f"{ATOM}title") for each in entries] == ["Faster"]
    of_kind = feed_of(as_(None).get("/changelog/feed.atom?kind=new"))
    assert of_kind.findall(f"{ATOM}entry") == []
    assert of_kind.findtext(f"{ATOM}updated")
    mine = as_(cast.customer).get("/changelog/feed.atom")
    assert "Members" in mine.text
    assert mine.headers["Cache-Control"] == "private, no-cache"
    head = page_of(as_(None).get("/changelog/?kind=better"))
    link = next(each for each in head.iter("link") if each.get("rel") == "alternate")
    assert (link.get("type"), link.get("href")) == (
        "application/atom+xml",
        "/changelog/feed.atom?kind=better",
    )


def test_a_feed_that_did_not_change_is_not_sent_again(make, as_, cast):
    entry = make.entry(title="Faster", published_at=EPOCH)
    first = as_(None).get("/changelog/feed.atom")
    assert first.headers["Last-Modified"]
    by_tag = {"If-None-Match": first.headers["ETag"]}
    by_time = {"If-Modified-Since": first.headers["Last-Modified"]}
    for headers in (by_tag, by_time):
        again = as_(None).get("/changelog/feed.atom", headers=headers)
        assert (again.status_code, again.data) == (304, b"")
    writing.change(
        entry,
        by=cast.admin,
        title="Faster still",
        body=entry.body,
        audience="public",
        kinds=[],
        chosen=writing.Chosen(),
    )
    db.session.commit()
    for headers in (by_tag, by_time):
        assert as_(None).get("/changelog/feed.atom", headers=headers).status_code == 200


def test_following_and_stopping_with_one_press(make, as_, cast, rows):
    browser = as_(cast.customer)
    assert "Follow the changelog" in browser.get("/changelog/").text
    assert [browser.put("/changelog/following").status_code for _ in "ab"] == [303, 303]
    assert rows(ChangelogFollow) == 1
    assert "Stop following" in browser.get("/changelog/").text
    assert [browser.delete("/changelog/following").status_code for _ in "ab"] == [303, 303]
    assert rows(ChangelogFollow) == 0
    assert "Sign in to follow" in as_(None).get("/changelog/").text


@pytest.mark.parametrize(
    ("audience", "who"),
    [
        ("public", {"customer", "other_customer", "moderator"}),
        ("companies", {"other_customer", "moderator"}),
        ("staff", {"moderator"}),
    ],
)
def test_who_is_to_hear_of_an_entry(make, cast, audience, who):
    entry = make.entry(audience=audience)
    make._save(ChangelogAdmission(entry_id=entry.id, tier="small"))
    for name in ("customer", "other_customer", "moderator"):
        following.follow(cast[name])
    following.follow(make.person(active=False))
    db.session.commit()
    assert set(db.session.scalars(following.followers_of(entry))) == {cast[name].id for name in who}
