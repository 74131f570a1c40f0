"""Merging: one idea counts for another too, every vote once, nothing lost; and parting it again."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal import clock
from portal.accounts.models import Person
from portal.activity.auditing import audit_all
from portal.database import db
from portal.discussion.models import Label, Labelling, Link
from portal.errors import Conflict, NotAllowed
from portal.ideas.deciding import change_status
from portal.ideas.merging.joining import merge
from portal.ideas.merging.models import Merge
from portal.ideas.merging.separating import part
from portal.ideas.merging.settling import settle
from portal.ideas.models import Audience, Idea
from portal.voting import budgeting, casting, queries, ranking, vouching
from portal.voting.models import Proof, Vote
from portal.voting.tallying import demand_for
from portal.voting.vouching import Evidence
from tests.ideas.dumping import dump
from tests.ideas.reading import cards, page_of, shown

DAY = timedelta(days=1)


@pytest.fixture
def board(make):
    return make.board(name="Mobile", vote_budget=5, most_per_idea=3)


@pytest.fixture
def pair(make, board, cast):
    """An idea and the one it is merged into; Ines voted for both, Tomas for the first alone."""
    source = make.idea(board=board, title="Work without signal", author=cast.moderator)
    target = make.idea(board=board, title="Offline mode", author=cast.moderator)
    with clock.at(source.created_at.replace(year=2025)):
        casting.cast(source, by=cast.customer, weight=2)
        casting.cast(source, by=cast.other_customer)
    casting.cast(target, by=cast.customer)
    db.session.commit()
    return source, target


@pytest.fixture
def staff(cast):
    return cast.product_manager


def merged(pair, by, **words):
    done = merge(*pair, by=by, **words)
    db.session.commit()
    return done


def no_differences():
    return not [each for each in audit_all() if each.differences]


def test_every_voter_counts_once_with_the_greater_weight(pair, staff):
    assert merged(pair, staff, reason="The same wish")
    _source, target = pair
    assert (target.votes_up, target.weights_up, target.sources) == (2, 3, 1)
    assert demand_for(target.id).people == 2
    assert no_differences()


def test_turning_round_takes_back_what_each_vote_brought(pair, board, staff, cast):
    board.votes_against = True
    merged(pair, staff)
    for value in (-1, 1, -1):
        assert casting.cast(pair[1], by=cast.customer, value=value)
        db.session.commit()
        assert no_differences()


def test_the_rank_comes_from_the_dates_of_the_votes(pair, staff, board):
    merged(pair, staff)
    dates = queries.dated_values(pair[1].id)
    assert sorted(at.year for at, _ in dates) == [2025, 2025]
    assert pair[1].hot == pytest.approx(ranking.of_votes(dates, board.half_life))


def test_what_is_counted_twice_no_more_is_free_again(pair, staff, cast, board):
    before = budgeting.balance(cast.customer, board, Idea).left
    merged(pair, staff)
    assert (before, budgeting.balance(cast.customer, board, Idea).left) == (2, 3)
    kept = db.session.query(Vote).filter_by(idea_id=pair[1].id).one()
    assert (kept.returned_for, kept.eclipsed) == ("merging", True)


def test_parting_is_as_if_they_had_never_been_one(pair, staff):
    before = dump()
    merged(pair, staff)
    assert dump() != before
    assert part(pair[0], by=staff, reason="Two wishes after all")
    assert dump() == before
    row = db.session.query(Merge).one()
    assert (row.merged_by_id, row.undone_by_id, row.undone_reason) == (
        staff.id,
        staff.id,
        "Two wishes after all",
    )
    assert not part(pair[0], by=staff)


def test_merging_again_changes_nothing(pair, staff):
    merged(pair, staff)
    before = dump()
    assert not merged(pair, staff)
    assert dump() == before


def test_no_vote_is_dropped_by_a_closed_target(pair, staff):
    change_status(pair[1], to="shipped", by=staff)
    merged(pair, staff)
    assert (pair[1].votes_up, pair[1].weights_up) == (2, 3)
    assert {vote.returned_for for vote in db.session.query(Vote)} == {"closing"}
    assert no_differences()


def test_chains_count_at_their_end_and_circles_are_refused(make, pair, staff, cast, board):
    third = make.idea(board=board, author=cast.moderator)
    casting.cast(third, by=cast.admin)
    merged(pair, staff)
    merged((pair[1], third), staff)
    assert [each.merged_into_id for each in pair] == [third.id, third.id]
    assert (third.votes_up, third.sources, pair[1].votes_up) == (3, 2, 1)
    for source, into in ((third, pair[0]), (third, pair[1]), (third, third), (pair[0], pair[1])):
        with pytest.raises(Conflict):
            merge(source, into, by=staff)
        db.session.rollback()
    part(pair[1], by=staff)
    db.session.commit()
    assert (pair[0].merged_into_id, pair[1].votes_up, third.votes_up) == (pair[1].id, 2, 1)
    assert no_differences()


def test_other_boards_cap_weights_and_spend_nothing(make, pair, staff, cast, board):
    other = make.board(vote_budget=1)
    target = make.idea(board=other, author=cast.moderator)
    merged((pair[0], target), staff)
    assert (target.votes_up, target.weights_up) == (2, 2)
    assert budgeting.balance(cast.customer, other, Idea).left == 1
    assert budgeting.balance(cast.customer, board, Idea).left == 4


def test_votes_without_voters_stay_apart_and_go_back(make, pair, staff):
    pair[0].imported_up = 40
    db.session.commit()
    merged(pair, staff)
    assert (pair[1].imported_up, pair[1].score, pair[0].imported_up) == (40, 42, 40)
    part(pair[0], by=staff)
    assert (pair[1].imported_up, pair[0].imported_up) == (0, 40)


def test_only_staff_merge_and_nothing_hidden(pair, cast, staff):
    with pytest.raises(NotAllowed):
        merge(*pair, by=cast.customer)
    pair[0].hidden_at = clock.now()
    db.session.commit()
    with pytest.raises(Conflict, match="hidden"):
        merge(*pair, by=staff)


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


def test_staff_read_what_changes_before_anything_does(as_, make, pair, staff):
    browser, before = as_(staff), dump()
    text = shown(browser.get(f"/ideas/{pair[0].id}/merging?into={pair[1].id}"))
    assert "Voters 1 2 2" in text
    assert "1 voter has a vote on both and counts once" in text
    assert "1 vote comes back to the budget of 1 person" in text
    assert "Companies 1 2 2" in text
    assert "enterprise 1 1" in text
    assert dump() == before
    quiet = [make.idea().id for _ in range(2)]
    assert "Voters 0 0 0" in shown(browser.get(f"/ideas/{quiet[0]}/merging?into={quiet[1]}"))
    for wrong in ("4711", str(pair[0].id)):
        refused = browser.get(f"/ideas/{pair[0].id}/merging?into={wrong}")
        assert (refused.status_code, "Voters" in refused.text) == (200, False)


def test_what_somebody_said_is_the_same_is_offered_to_merge_with(as_, make, staff):
    one, other = make.idea(title="Ten minutes to take a publish back"), make.idea(title="Recall a rota")
    link = {"from_idea_id": other.id, "to_idea_id": one.id, "created_at": clock.now()}
    make._save(Link(kind="duplicate", **link))
    for here, there in ((one, other), (other, one)):
        assert there.title in shown(as_(staff).get(f"/ideas/{here.id}/merging"))


def test_staff_merge_and_part_by_two_presses(as_, pair, staff, make, cast):
    make.comment(pair[0], author=cast.other_customer, body="Under ground there is nothing.")
    browser, path = as_(staff), f"/ideas/{pair[0].id}/merging"
    answer = browser.put(path, data={"into": f"/ideas/{pair[1].id}-offline-mode", "reason": "The same wish"})
    assert answer.location.endswith(f"?merged={pair[0].id}")
    text = shown(as_(cast.other_customer).get(f"/ideas/{pair[1].id}"))
    assert "1 comment From Work without signal" in text
    assert "Under ground there is nothing." in text
    assert "Merged with Work without signal by Mira Kovač: The same wish" in text
    assert "You voted for it" in text
    assert "Part it" in shown(browser.get(f"/ideas/{pair[1].id}"))
    assert "as if they had never been one" in shown(browser.get(path))
    assert browser.delete(path, data={"reason": "Two wishes"}).status_code == 303
    for each in pair:
        assert "by Mira Kovač: Two wishes" in shown(browser.get(f"/ideas/{each.id}"))


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


def test_votes_that_an_import_adds_count_where_the_idea_counts(pair, staff, cast):
    merged(pair, staff)
    db.session.add(
        Vote(person_id=cast.admin.id, idea_id=pair[0].id, value=1, cast_at=clock.now(), imported=True)
    )
    db.session.flush()
    assert settle([pair[0].id]) == 1
    db.session.commit()
    assert pair[1].votes_up == 3
    assert no_differences()


def test_parting_what_is_not_merged_does_nothing_whatever_is_said(as_, pair, staff):
    answer = as_(staff).delete(f"/ideas/{pair[0].id}/merging", data={"reason": "x" * 501})
    assert answer.status_code == 303
    merged(pair, staff)
    assert as_(staff).delete(f"/ideas/{pair[0].id}/merging", data={"reason": "x" * 501}).status_code == 422


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


def test_a_vote_that_staff_added_is_taken_over_by_the_old_address(as_, pair, staff, make):
    vouching.add(
        pair[0], by=staff, voter=(guest := make.person()), evidence=Evidence(Proof.CALL, text="Yes.")
    )
    merged(pair, staff)
    answer = as_(guest).put(f"/ideas/{pair[0].id}/vote/owner")
    assert (answer.status_code, answer.location.split("-")[0]) == (303, f"/ideas/{pair[1].id}")
    assert db.session.query(Vote).filter_by(person_id=guest.id).one().taken_over_at
    assert [(e.name, e.differences) for e in audit_all() if e.differences] == []


def test_who_turns_round_does_so_on_every_idea_and_its_author_loses_the_points(make, staff, cast):
    board = make.board(votes_against=True)
    source, target = (make.idea(board=board, author=author) for author in (cast.customer, cast.moderator))
    for each, voter in ((source, make.person()), (target, voter_of_both := make.person())):
        casting.cast(each, by=voter)
    casting.cast(source, by=voter_of_both)
    merged((source, target), staff)
    for person_id in db.session.scalars(sa.select(Vote.person_id).distinct()).all():
        casting.cast(target, by=db.session.get(Person, person_id), value=-1)
    db.session.commit()
    assert (target.votes_up, target.votes_down) == (0, 2)
    assert {vote.value for vote in db.session.query(Vote)} == {-1}
    assert (cast.customer.reputation, cast.moderator.reputation) == (0, 0)
    assert no_differences()


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
