"""Does it solve it? Whoever wanted a shipped idea says so, once and changeably; everybody sees the result."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.activity.auditing import audit_all
from portal.activity.models import Entry
from portal.database import db
from portal.errors import Conflict, NotAllowed, Unusable
from portal.ideas.deciding import change_status
from portal.ideas.models import Idea
from portal.ideas.verdicts.judging import judge
from portal.ideas.verdicts.models import Verdict
from portal.voting import casting
from tests.ideas.reading import page_of, shown
from tests.trying import examples


@pytest.fixture
def shipped(make, cast):
    """An idea that Tomas wrote and Ines voted for, shipped."""
    idea = make.idea(title="Offline mode", author=cast.other_customer)
    casting.cast(idea, by=cast.customer)
    change_status(idea, to="shipped", by=cast.product_manager)
    db.session.commit()
    return idea


def counts(idea):
    db.session.refresh(idea)
    return idea.solved_yes, idea.solved_partly, idea.solved_no


def test_voters_and_the_author_are_asked_and_may_change_their_answer(as_, cast, shipped, rows):
    path = f"/ideas/{shipped.id}"
    me = as_(cast.customer)
    assert "Does it solve it?" in shown(me.get(path))
    sent = {"_method": "put", "answer": "no", "words": "Photos are missing."}
    for _ in range(2):
        assert me.post(f"{path}/verdict", data=sent).location.endswith("#solved")
    assert counts(shipped) == (0, 0, 1)
    assert "You said: no, it does not solve it" in shown(me.get(path))
    me.put(f"{path}/verdict", data={"answer": "partly"})
    as_(cast.other_customer).put(f"{path}/verdict", data={"answer": "yes"})
    assert counts(shipped) == (1, 1, 0)
    assert rows(Verdict) == 2
    for who in (None, cast.moderator):
        assert "2 people answered: 1 yes, 1 partly, 0 no." in shown(as_(who).get(path))
    told = db.session.query(Entry).filter_by(kind="idea_judged").order_by(Entry.id)
    assert [each.data["answer"] for each in told] == ["no", "partly", "yes"]


def test_others_are_not_asked(as_, cast, make, shipped, rows):
    path = f"/ideas/{shipped.id}"
    for who in (None, make.person(), cast.moderator):
        assert "Send the answer" not in as_(who).get(path).text
    assert as_(cast.moderator).put(f"{path}/verdict", data={"answer": "yes"}).status_code == 403
    with pytest.raises(NotAllowed):
        judge(shipped, by=make.person(), answer="yes")
    with pytest.raises(Unusable):
        judge(shipped, by=cast.customer, answer="perhaps")
    idea = make.idea(author=cast.customer)
    assert as_(cast.customer).put(f"/ideas/{idea.id}/verdict", data={"answer": "yes"}).status_code == 409
    assert rows(Verdict) == 0


@pytest.mark.parametrize("data", [{}, {"answer": "perhaps"}, {"answer": "no", "words": "x" * 501}])
def test_what_cannot_be_taken_comes_back_with_the_words(as_, cast, shipped, rows, data):
    words = data.get("words", "Photos are missing.")
    refused = as_(cast.customer).put(f"/ideas/{shipped.id}/verdict", data={"words": words} | data)
    assert refused.status_code == 422
    assert words in refused.text
    assert rows(Verdict) == 0


def test_staff_read_the_words_and_count_companies(as_, cast, make, shipped):
    colleague = make.person(company=cast.company, name="Cora")
    change_status(shipped, to="open", by=cast.product_manager)
    casting.cast(shipped, by=colleague)
    change_status(shipped, to="shipped", by=cast.product_manager)
    judge(shipped, by=cast.customer, answer="no", words="Photos are missing.")
    judge(shipped, by=colleague, answer="no")
    judge(shipped, by=cast.other_customer, answer="yes")
    db.session.commit()
    seen = shown(as_(cast.product_manager).get(f"/ideas/{shipped.id}"))
    for expected in ("Companies: 1 yes, 1 no.", "Photos are missing.", "Ines Duarte"):
        assert expected in seen
    for who in (None, cast.other_customer):
        seen = shown(as_(who).get(f"/ideas/{shipped.id}"))
        assert "Photos" not in seen
        assert "Companies" not in seen


def test_opening_it_again_ends_the_answers_and_another_kind_of_done_keeps_them(cast, shipped, rows):
    judge(shipped, by=cast.customer, answer="no", words="Photos are missing.")
    change_status(shipped, to="open", by=cast.product_manager)
    assert counts(shipped) == (0, 0, 0)
    with pytest.raises(Conflict):
        judge(shipped, by=cast.customer, answer="no")
    change_status(shipped, to="shipped", by=cast.product_manager)
    assert counts(shipped) == (0, 0, 0)
    assert judge(shipped, by=cast.customer, answer="no", words="Photos are missing.")
    assert counts(shipped) == (0, 0, 1)
    assert rows(Verdict) == 1


def test_shipped_ideas_that_do_not_solve_it_come_up_for_staff(as_, cast, make, shipped, at_most):
    judge(shipped, by=cast.customer, answer="no")
    judge(shipped, by=cast.other_customer, answer="yes")
    db.session.commit()
    manager = as_(cast.product_manager)
    with at_most(queries=3):
        page = manager.get("/ideas/second-look?list=unsolved")
    assert "50 % say that it does not solve it" in shown(page)
    assert [link.text for link in page_of(page).findall(".//main//h2/a")] == ["Offline mode"]
    assert as_(cast.customer).get("/ideas/second-look").status_code == 403


STEPS = st.lists(
    st.tuples(st.integers(0, 2), st.sampled_from(["yes", "partly", "no", "open", "shipped"])), max_size=20
)


@settings(max_examples=examples(15), deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(STEPS)
def test_counts_equal_the_answers_since_it_was_shipped(make, cast, steps):
    idea, people = make.idea(author=cast.customer), [make.person() for _ in range(3)]
    for each in people:
        casting.cast(idea, by=each)
    said, status = {}, "open"
    for who, act in steps:
        if act in ("open", "shipped"):
            change_status(idea, to=act, by=cast.product_manager)
            said, status = (said if act == "shipped" else {}), act
        elif status == "shipped":
            judge(idea, by=people[who], answer=act)
            said[who] = act
    db.session.commit()
    assert counts(idea) == tuple(list(said.values()).count(answer) for answer in ("yes", "partly", "no"))
    assert not [each for each in audit_all() if each.differences]


def test_the_audit_sees_a_wrong_number(cast, shipped):
    judge(shipped, by=cast.customer, answer="no")
    db.session.query(Idea).update({"solved_no": 2})
    db.session.commit()
    found = {each.name: each.differences for each in audit_all() if each.differences}
    assert list(found) == ["verdicts on ideas"]


def test_from_the_page_to_the_product_manager(visit, cast, shipped):
    path = f"/ideas/{shipped.id}"
    page, manager = visit(cast.customer, width=390), visit(cast.product_manager)
    page.goto(path)
    page.click("#solved span:text-is('No')")
    page.fill("#verdict-words", "Photos are missing.")
    page.click("text=Send the answer")
    page.wait_for_selector("#solved h2:text('You said: no')")
    manager.goto("/ideas/second-look?list=unsolved")
    manager.click("a:text('Offline mode')")
    manager.click("summary:text('What they say')")
    assert "Photos are missing." in manager.inner_text("#verdicts")
