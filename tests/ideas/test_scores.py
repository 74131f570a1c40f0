"""Scores: exact, with every input and the version they were worked out by; nothing is worked out anew by itself."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.activity.models import Entry
from portal.database import db
from portal.errors import NotAllowed, Unusable
from portal.ideas.scores import scoring, weighing
from portal.ideas.scores.models import Formula, Score
from portal.voting import casting
from tests.ideas.reading import page_of, shown, text_of

SENT = {"reach": "2", "impact": "2", "confidence": "80", "effort": "3"}


@pytest.fixture
def idea(make, cast):
    """An idea that two companies want."""
    made = make.idea(title="Offline mode")
    for each in (cast.customer, cast.other_customer):
        casting.cast(made, by=each)
    db.session.commit()
    return made


def test_rice_takes_its_reach_from_the_companies(as_, cast, idea):
    manager, path = as_(cast.product_manager), f"/ideas/{idea.id}/score"
    page = manager.get(path)
    assert "2 companies want it now" in shown(page)
    assert page_of(page).find(".//input[@id='reach']").get("value") == "2"
    for _ in range(2):
        assert manager.put(path, data=SENT).status_code == 303
    score = db.session.query(Score).one()
    assert (score.points, score.counted, score.inputs["confidence"]) == (1_067, 2, "80")
    seen = shown(as_(cast.moderator).get(path))
    for expected in (
        "1.067",
        "Mira Kovač",
        "with RICE, as it is built in",
        "Reach 2",
        "2 companies wanted it then.",
    ):
        assert expected in seen
    assert [each.data["points"] for each in db.session.query(Entry).filter_by(kind="idea_scored")] == [1_067]


def test_another_reach_needs_a_reason(as_, cast, idea, rows):
    manager, path = as_(cast.product_manager), f"/ideas/{idea.id}/score"
    refused = manager.put(path, data=SENT | {"reach": "9"})
    assert refused.status_code == 422
    assert "2 companies want this now. Say why" in refused.text
    assert rows(Score) == 0
    manager.put(path, data=SENT | {"reach": "9", "why": "Seven more told sales."})
    assert "Seven more told sales." in shown(manager.get(path))
    assert db.session.query(Score).one().points == 4_800


@pytest.mark.parametrize(
    "wrong",
    [{"effort": "0"}, {"effort": "much"}, {"confidence": "101"}, {"impact": "9"}, {"reach": "1e99"}, {"reach": "-1"},
     {"effort": "0.3333"}, {"reach": "NaN"}, {"why": "x" * 501}],
)  # fmt: skip
def test_what_is_no_number_is_refused(as_, cast, idea, rows, wrong):
    assert as_(cast.product_manager).put(f"/ideas/{idea.id}/score", data=SENT | wrong).status_code == 422
    assert rows(Score) == 0


def test_another_formula_changes_no_score_and_offers_to_score_again(as_, cast, idea, rows):
    manager, path = as_(cast.product_manager), f"/ideas/{idea.id}/score"
    manager.put(path, data=SENT)
    factors = "Value: 3\nRisk: -1.5"
    for _ in range(2):
        assert (
            agreed(manager, "/ideas/formulas/0", {"kind": "weights", "factors": factors}).status_code == 303
        )
    assert rows(Formula) == 1
    assert db.session.query(Score).one().points == 1_067
    assert "1 idea carries a score by another version" in shown(manager.get("/ideas/formulas/0"))
    seen = shown(manager.get(path))
    assert "Scored with RICE, as it is built in; the formula, version 1 is in force." in seen
    assert "Value (times 3)" in seen
    manager.put(path, data={"factor_1": "8", "factor_2": "2"})
    agreed(manager, "/ideas/formulas/0", {"kind": "weights", "factors": "Value: 2"})
    assert "Scored with the formula, version 1; the formula, version 2 is in force." in shown(
        manager.get(path)
    )
    assert [(each.points, each.current) for each in db.session.query(Score).order_by(Score.id)] == [
        (1_067, False),
        (21_000, True),
    ]


def agreed(manager, path, data):
    """What is sent, and where the page explains first, sent again as agreed to."""
    answer = manager.put(path, data=data)
    if answer.status_code == 422:
        mark = page_of(answer).find(".//input[@name='agreed']").get("value")
        answer = manager.put(path, data=data | {"agreed": mark})
    return answer


def test_a_formula_is_compared_with_the_scores_before_it_is_saved(as_, cast, make, idea, rows):
    """Numbers are found by the names of their factors; who lacks one is said; the second press saves."""
    manager, path, board = as_(cast.product_manager), f"/ideas/formulas/{idea.board_id}", idea.board_id
    scoring.set_formula(
        board,
        by=cast.admin,
        kind="weights",
        factors=[{"name": "Value", "weight": "3"}, {"name": "Risk", "weight": "-1"}],
    )
    ideas = [make.idea(board_id=board, title=f"Wish {n}") for n in range(12)]
    for n, each in enumerate(ideas):
        scoring.score(each, by=cast.admin, inputs={"factor_1": Decimal(n), "factor_2": Decimal(12 - n)})
    hidden = make.idea(board_id=board, title="Cheap watches", hidden_at=ideas[0].created_at)
    scoring.score(hidden, by=cast.admin, inputs={"factor_1": Decimal(99), "factor_2": Decimal(0)})
    db.session.commit()
    new = {"kind": "weights", "factors": "risk: 1\nVALUE: 0.5", "why": "Risk is what we look for."}
    said = manager.put(path, data=new)
    assert said.status_code == 422
    assert "12 ideas have a score. Scored again with the same numbers, 12 ideas get another one." in shown(
        said
    )
    now, then = ([text_of(each) for each in part.iter("li")] for part in page_of(said).iter("section"))
    assert (len(now), len(then)) == (10, 10)
    assert (now[0], then[0]) == ("1. Wish 11: 32", "1. Wish 0: 12")
    assert "Risk is what we look for." in said.text
    assert "Cheap watches" not in said.text
    assert rows(Formula) == 1
    mark = page_of(said).find(".//input[@name='agreed']").get("value")
    scoring.score(ideas[3], by=cast.admin, inputs={"factor_1": Decimal(40), "factor_2": Decimal(1)})
    db.session.commit()
    assert manager.put(path, data=new | {"agreed": mark}).status_code == 422, "the numbers changed in between"
    assert agreed(manager, path, new).status_code == 303
    assert rows(Formula) == 2
    lacking = manager.put(path, data={"kind": "weights", "factors": "Value: 1\nJoy: 2"})
    assert "12 ideas lack numbers that it asks for" in shown(lacking)
    assert "12 ideas lack numbers" in shown(manager.put(path, data={"kind": "rice"}))
    assert manager.put(path, data=new).status_code == 303, "it is the one that holds: nothing to agree to"
    assert rows(Formula) == 2


def test_a_board_may_have_its_own(as_, cast, make, idea):
    manager = as_(cast.product_manager)
    manager.put(f"/ideas/formulas/{idea.board_id}", data={"kind": "weights", "factors": "Joy: 2"})
    assert "Joy (times 2)" in shown(manager.get(f"/ideas/{idea.id}/score"))
    assert "Reach" in shown(manager.get(f"/ideas/{make.idea().id}/score"))


@pytest.mark.parametrize(
    "factors", ["", "Value", "Value: much", ": 3", "\n".join(f"F{n}: 1" for n in range(7))]
)
def test_a_formula_that_cannot_be_read_is_refused(as_, cast, rows, factors):
    refused = as_(cast.product_manager).put("/ideas/formulas/0", data={"kind": "weights", "factors": factors})
    assert refused.status_code == 422
    assert rows(Formula) == 0


def test_only_who_decides(cast, idea):
    numbers = {name: Decimal(value) for name, value in SENT.items()}
    with pytest.raises(NotAllowed):
        scoring.score(idea, by=cast.moderator, inputs=numbers)
    with pytest.raises(NotAllowed):
        scoring.set_formula(None, by=cast.customer, kind="rice", factors=[])
    with pytest.raises(Unusable):
        scoring.score(idea, by=cast.product_manager, inputs=numbers | {"reach": Decimal(3)})


def test_the_list_shows_current_scores_the_highest_first(as_, cast, make, at_most):
    manager, ideas = as_(cast.product_manager), [make.idea(title=f"Wish {n}") for n in range(23)]
    for n, each in enumerate(ideas):
        numbers = {
            "reach": Decimal(n),
            "impact": Decimal(1),
            "confidence": Decimal(100),
            "effort": Decimal(1),
        }
        scoring.score(each, by=cast.product_manager, inputs=numbers, why="Guessed")
    scoring.score(ideas[0], by=cast.product_manager, inputs=numbers | {"reach": Decimal(50)}, why="Guessed")
    db.session.commit()
    path, titles = "/ideas/scores", []
    while path:
        with at_most(queries=4):
            page = page_of(manager.get(path))
        titles += [link.text for link in page.findall(".//tbody//a")]
        path = next((a.get("href") for a in page.iter("a") if a.get("rel") == "next"), None)
    assert titles == ["Wish 0", *(f"Wish {n}" for n in reversed(range(1, 23)))]


numbers = st.decimals(0, 10_000, places=3)


@given(
    numbers,
    st.sampled_from(list(weighing.IMPACTS)),
    st.decimals(0, 100, places=2),
    st.decimals("0.1", 99, places=1),
)
def test_rice_is_exact_to_the_thousandth(reach, impact, confidence, effort):
    inputs = {"reach": reach, "impact": Decimal(impact), "confidence": confidence, "effort": effort}
    exact = Fraction(reach) * Fraction(impact) * Fraction(confidence) / 100 / Fraction(effort)
    assert abs(Fraction(weighing.rice(inputs), 1000) - exact) <= Fraction(1, 2000)


@given(st.lists(st.tuples(st.decimals(-10, 10, places=3), numbers), max_size=6))
def test_a_weighted_sum_is_exact(pairs):
    exact = sum((Fraction(weight) * Fraction(factor) for weight, factor in pairs), Fraction(0))
    found = weighing.weighted([weight for weight, _ in pairs], [factor for _, factor in pairs])
    assert abs(Fraction(found, 1000) - exact) <= Fraction(1, 2000)
