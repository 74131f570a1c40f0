"""What a merged idea and the one that counts for it show, and to whom."""

import re
from datetime import timedelta

from portal import clock
from portal.database import db
from portal.discussion.models import Label, Labelling, Link
from portal.ideas.merging.separating import part
from portal.ideas.models import Audience
from portal.voting import casting, vouching
from portal.voting.models import Proof, Vote
from portal.voting.vouching import Evidence
from tests.ideas.dumping import dump
from tests.ideas.merging.making import merged, no_differences
from tests.ideas.reading import cards, page_of, shown

DAY = timedelta(days=1)


def test_the_old_address_leads_to_where_it_counts(as_, pair, staff, cast):
    merged(pair, staff, reason="The same wish")
    reader = as_(cast.other_customer)
    answer = reader.get(f"/ideas/{pair[0].id}")
    assert answer.status_code == 303
    text = shown(reader.get(answer.location))
    assert (
        "You came from Work without signal. Your vote there counts here, because Mira Kovač merged both"
        in text
    )
    assert "The same wish" in text
    assert "Merged into Offline mode" in shown(as_(staff).get(f"/ideas/{pair[0].id}?original=1"))
    assert "Merged into Offline mode" in shown(reader.get(f"/ideas/{pair[0].id}?original=1"))


def test_lists_leave_it_out(as_, pair, staff, cast, catch_up, app):
    merged(pair, staff)
    catch_up()
    browser = as_(cast.customer)
    for path in ("/ideas/", "/ideas/?sort=new", "/ideas/?text=signal", "/ideas/?mine=voted"):
        assert "Work without signal" not in cards(browser.get(path))
    assert cards(as_(cast.other_customer).get("/ideas/?mine=voted")) == ["Offline mode"]
    assert "Work without signal" not in browser.get("/search?q=signal").text
    part(pair[0], by=staff)
    catch_up()
    assert "Work without" in browser.get("/search?q=signal").text


def test_a_vote_or_comment_there_reaches_the_idea_that_counts(as_, pair, staff, cast):
    merged(pair, staff)
    browser = as_(cast.admin)
    assert browser.put(f"/ideas/{pair[0].id}/vote").status_code == 303
    assert db.session.query(Vote).filter_by(person_id=cast.admin.id).one().idea_id == pair[1].id
    answer = browser.post(f"/ideas/{pair[0].id}/comments", data={"body": "On the train too."})
    assert answer.location.startswith(f"/ideas/{pair[1].id}/comments/")
    assert as_(cast.customer).delete(f"/ideas/{pair[0].id}/vote").status_code == 303
    assert not db.session.query(Vote).filter_by(person_id=cast.customer.id).count()
    assert no_differences()


def test_a_refusal_names_the_idea_that_one_voted_on_not_the_one_that_counts_for_it(as_, make, staff, cast):
    board = make.board(vote_budget=1)
    mine, other = make.idea(board=board, title="What I said"), make.idea(board=board)
    casting.cast(mine, by=cast.customer)
    merged((mine, make.idea(board=board, title="Secret project")), staff)
    page = as_(cast.customer).put(f"/ideas/{other.id}/vote")
    assert page.status_code == 409
    assert "<title>That cannot be done now" in page.text
    assert "Take one back first: “What I said”" in page.text
    assert "Secret project" not in page.text


def test_who_does_not_see_the_other_idea_learns_nothing_of_it(as_, make, pair, staff, cast):
    secret = make.idea(board=make.board(audience=Audience.STAFF), title="Quokka", author=cast.admin)
    merged((pair[0], secret), staff, reason="Because of quokkas")
    browser = as_(cast.other_customer)
    answer = browser.get(f"/ideas/{pair[0].id}")
    assert answer.status_code == 200
    assert "quokka" not in answer.text.lower()
    assert "counted with another idea" in answer.text
    assert browser.put(f"/ideas/{pair[0].id}/vote").status_code == 409
    assert browser.delete(f"/ideas/{pair[0].id}/vote").status_code == 303
    assert secret.votes_up == 1


def test_what_was_said_behind_a_wall_stays_there(as_, make, pair, staff, cast):
    secret = make.idea(board=make.board(audience=Audience.STAFF), title="Quokka", author=cast.admin)
    make.comment(secret, author=cast.admin, body="Quokkas are shy.")
    merged((secret, pair[1]), staff, reason="Quokka it is")
    for path in (f"/ideas/{pair[1].id}", f"/ideas/{pair[1].id}?merged={secret.id}"):
        assert "quokka" not in as_(cast.customer).get(path).text.lower()
        assert "Quokkas are shy." in as_(staff).get(path).text


def test_the_page_of_an_idea_without_merges_costs_nothing_more(as_, make, pair, staff, cast, at_most):
    browser = as_(cast.customer)
    with at_most(queries=14) as plain:
        browser.get(f"/ideas/{pair[1].id}")
    merged(pair, staff)
    make.comment(pair[0], author=cast.customer)
    with at_most(queries=len(plain) + 6):
        browser.get(f"/ideas/{pair[1].id}")


def test_nothing_new_is_taken_where_the_reader_does_not_see_what_counts(as_, make, pair, staff, cast):
    source, _target = pair
    secret = make.idea(board=make.board(audience=Audience.STAFF), title="Quokka", author=cast.admin)
    vouching.add(source, by=staff, voter=(guest := make.person()), evidence=Evidence(Proof.CALL, text="Yes."))
    comment = make.comment(source, author=cast.admin, body="Since when?")
    merged((source, secret), staff)
    reader, path = as_(guest), f"/ideas/{source.id}"
    page = reader.get(path)
    assert "No new comments are taken here" in shown(page)
    assert "Post comment" not in page.text
    for refused in (
        reader.post(f"{path}/comments", data={"body": "On the train too."}),
        reader.put(f"{path}/vote/owner"),
        reader.put(f"{path}/vote"),
    ):
        assert refused.status_code == 409
        assert "counted with another one that is not for everybody" in refused.text
        assert "quokka" not in refused.text.lower()
    typed = {"body": "On the train, too, and in the lift of our building."}
    assert typed["body"] in reader.post(f"{path}/comments", data=typed).text
    assert not db.session.query(Vote).filter_by(person_id=guest.id).one().taken_over_at
    assert reader.post(f"/posts/{comment.id}/comments", data={"body": "Since May."}).status_code == 303
    assert "Take my vote back" in page.text
    assert reader.delete(f"{path}/vote").status_code == 303
    assert "Take my vote back" not in reader.get(path).text
    # Who sees it is led there.
    page = as_(staff).get(f"{path}?original=1")
    assert "New comments stand with Quokka" in shown(page)
    assert "Post comment" not in page.text


def test_comments_of_all_stand_in_one_list_by_date_each_with_where_it_came_from(as_, make, pair, staff, cast):
    (source, target), other = pair, make.idea(board_id=pair[0].board_id, title="No bars")
    now = clock.now()
    said = {
        day: make.comment(
            (target, source, other)[day % 3], author=cast.admin, body=f"Day {day}", created_at=now + day * DAY
        )
        for day in range(6)
    }
    reply = make.comment(source, author=cast.customer, body="Right.", parent_id=said[1].id)
    for each in (source, other):
        merged((each, target), staff)
    browser, path = as_(cast.other_customer), f"/ideas/{target.id}"
    page = shown(browser.get(path))
    assert "7 comments" in page
    days = [page.index(f"Day {n}") for n in range(6)]
    assert days == sorted(days)
    assert page.count("From Work without signal") == page.count("From No bars") == 2
    assert page.index("Day 1") < page.index("Right.") < page.index("Day 2")
    # The address of a comment leads to where it stands now.
    for post in (said[1], reply):
        answer = browser.get(f"/ideas/{source.id}/comments/{post.id}")
        assert answer.location.split("-")[0] == path
        assert answer.location.endswith(f"#post-{post.id}")
    part(source, by=staff)
    db.session.commit()
    assert "Day 1" not in browser.get(path).text
    assert "Right." in browser.get(f"/ideas/{source.id}").text


def test_pages_of_one_list_turn_without_a_gap(as_, make, pair, staff, cast, monkeypatch):
    monkeypatch.setattr("portal.ideas.reading.PAGE", 4)
    now, browser = clock.now(), as_(cast.customer)
    posts = [
        make.comment(pair[n % 2], author=cast.admin, body=f"Nr {n:02}", created_at=now + n * DAY)
        for n in range(11)
    ]
    merged(pair, staff)
    seen, path = [], f"/ideas/{pair[1].id}"
    while path:
        page = browser.get(path)
        seen.append(re.findall(r"Nr (\d\d)", page.text))
        ways = {a.get("rel"): a.get("href") for a in page_of(page).iter("a") if a.get("rel")}
        last, path = ways, ways.get("next")
    assert [len(each) for each in seen] == [4, 4, 3]
    assert [each for some in seen for each in some] == [f"{n:02}" for n in range(11)]
    assert re.findall(r"Nr (\d\d)", browser.get(last["prev"]).text) == seen[1]
    at = browser.get(f"/ideas/{pair[0].id}/comments/{posts[6].id}").location
    assert f"from={posts[6].id}" in at
    assert re.findall(r"Nr (\d\d)", browser.get(at).text)[0] == "06"
    for strange in ("from=999999", "to=999999", f"from={2**40}"):
        assert browser.get(f"/ideas/{pair[1].id}?{strange}").status_code == 200


def test_a_merge_is_told_once_on_the_page(as_, make, pair, staff):
    source, target = pair
    db.session.add(
        Link(kind="duplicate", from_idea_id=source.id, to_idea_id=target.id, created_at=clock.now())
    )
    db.session.commit()
    browser, title = as_(None), "Work without signal"
    assert "Also asked for in" in browser.get(f"/ideas/{target.id}").text
    merged(pair, staff)
    assert browser.get(f"/ideas/{target.id}").text.count(f">{title}</a>") == 1
    page = browser.get(f"/ideas/{source.id}?original=1").text
    assert "The same is asked for in" not in page


def test_labels_of_merged_ideas_are_shown_and_found_with_what_counts(as_, make, pair, staff, cast):
    source, target = pair
    labels = [make._save(Label(name=name)) for name in ("offline", "app")]
    for idea, label in ((source, labels[0]), (source, labels[1]), (target, labels[1])):
        make._save(Labelling(label_id=label.id, idea_id=idea.id))
    manager, before = as_(staff), dump()
    merged(pair, staff)
    page = shown(as_(None).get(f"/ideas/{target.id}"))
    assert "Labels app offline" in page
    desk = manager.get(f"/desk/?sort=new&label={labels[0].id}").text
    assert target.title in desk
    assert source.title not in desk
    part(source, by=staff)
    db.session.commit()
    assert dump() == before
    assert target.title not in manager.get(f"/desk/?sort=new&label={labels[0].id}").text
