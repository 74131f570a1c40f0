"""A person asks a moderator to look."""

import pytest

from portal.moderation.models import Flag


@pytest.fixture
def idea(make, cast):
    return make.idea(author=cast.customer)


def send(browser, thing, **fields):
    return browser.post(
        "/moderation/flags", data={"subject": "idea", "thing_id": thing.id, "reason": "spam"} | fields
    )


def test_a_flag_waits_in_the_queue(as_, cast, idea, rows):
    answer = send(as_(cast.other_customer), idea, note="Sells watches")
    assert answer.status_code == 303
    assert f"/ideas/{idea.id}" in answer.location
    queue = as_(cast.moderator).get("/moderation/queue").text
    assert idea.title in queue
    assert "Sells watches" in queue


def test_flagging_twice_counts_once(as_, cast, idea, rows):
    for _ in range(2):
        assert send(as_(cast.other_customer), idea).status_code == 303
    assert rows(Flag) == 1


def test_one_s_own_text_cannot_be_flagged(as_, cast, idea, rows):
    answer = send(as_(cast.customer), idea)
    assert answer.status_code == 403
    assert "edit it" in answer.text
    assert rows(Flag) == 0


def test_without_a_reason_the_form_comes_back_with_the_note(as_, cast, idea):
    answer = send(as_(cast.other_customer), idea, reason="", note="<b>My long note</b>")
    assert answer.status_code == 422
    assert "Choose what is wrong" in answer.text
    assert "&lt;b&gt;My long note" in answer.text


@pytest.mark.parametrize("forged", [{"thing_id": "x"}, {"thing_id": "9" * 30}, {"thing_id": ""}])
def test_a_forged_link_is_refused(as_, cast, idea, forged):
    assert send(as_(cast.other_customer), idea, **forged).status_code == 400


@pytest.mark.parametrize("forged", [{"thing_id": "777"}, {"subject": "person"}])
def test_what_is_not_there_is_404(as_, cast, idea, forged):
    assert send(as_(cast.other_customer), idea, **forged).status_code == 404


def test_the_form_opens_without_script(as_, cast, idea):
    page = as_(cast.other_customer).get(f"/moderation/flags/new?subject=idea&thing_id={idea.id}")
    assert page.status_code == 200
    assert "Spam or advertising" in page.text
