"""Staff choose the other idea, read what changes, merge and part by two presses."""

import pytest

from portal import clock
from portal.database import db
from portal.discussion.models import Link
from portal.errors import Conflict, NotAllowed
from portal.ideas.merging.joining import merge
from tests.ideas.dumping import dump
from tests.ideas.merging.making import merged
from tests.ideas.reading import shown


def test_only_staff_merge_and_nothing_hidden(pair, cast, staff):
    with pytest.raises(NotAllowed):
        merge(*pair, by=cast.customer)
    pair[0].hidden_at = clock.now()
    db.session.commit()
    with pytest.raises(Conflict, match="hidden"):
        merge(*pair, by=staff)


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


def test_parting_what_is_not_merged_does_nothing_whatever_is_said(as_, pair, staff):
    answer = as_(staff).delete(f"/ideas/{pair[0].id}/merging", data={"reason": "x" * 501})
    assert answer.status_code == 303
    merged(pair, staff)
    assert as_(staff).delete(f"/ideas/{pair[0].id}/merging", data={"reason": "x" * 501}).status_code == 422
