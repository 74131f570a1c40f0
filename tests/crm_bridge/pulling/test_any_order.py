"""In any order of acts there and looks from here, both say the same."""

import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as settings_of
from hypothesis import strategies as st

from portal.activity.auditing import audit_all
from portal.crm_bridge.embedded.filling import take_out
from portal.crm_bridge.models import DEFAULT
from portal.crm_bridge.pulling import dealing, rereading
from portal.crm_bridge.pulling.models import CrmCursor, CrmDeal, CrmPulled, CrmReread
from portal.database import db
from portal.ideas.models import Idea
from portal.insights.following import DemandReader
from tests.crm_bridge.following import catch_up
from tests.crm_bridge.pulling.conftest import facts
from tests.trying import examples


@settings_of(
    max_examples=examples(10), deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate]
)
@given(
    acts=st.lists(
        st.tuples(
            st.sampled_from(["enter", "blank", "delete", "deal", "win", "reread", "pull"]),
            st.integers(0, 2),
            st.integers(0, 3),
        ),
        max_size=10,
    )
)
def test_in_any_order_of_acts_what_is_here_is_what_is_there(app, make, enters, pull, store, vote, acts):
    """Whatever happens there and whenever it is read: after the last look numbers and deals are those of the CRM."""
    companies, there, open_deals = [make.company() for _ in range(3)], {}, {}
    idea = make.idea()
    for each in companies:
        vote(make.person(company=each), idea)
    store.unlink(missing_ok=True)
    ids = enters("account", {f"company:{each.id}": {"tier": None, "revenue": None} for each in companies})
    dealing.forget(DEFAULT)
    for table in (CrmCursor, CrmPulled, CrmReread):
        db.session.execute(sa.delete(table))
    for act, which, value in [*acts, ("pull", 0, 0)]:
        key = f"company:{companies[which].id}"
        if act in ("enter", "blank"):
            there[key] = (f"T{value}", value * 100) if act == "enter" else (None, None)
            ids |= enters("account", {key: dict(zip(("tier", "revenue"), there[key], strict=True))})
        elif act == "delete":
            rereading.ask(DEFAULT, "account", [ids[key]])
            db.session.commit()
            take_out(store, "account", key)
            there.pop(key, None)
            open_deals = {name: whose for name, whose in open_deals.items() if whose != key}
        elif act in ("deal", "win"):
            name = f"{key}-{value}"
            if key in there:
                enters(
                    "deal",
                    {name: {"title": name, "account": ids[key], "closed": "1" if act == "win" else None}},
                )
                open_deals.pop(name, None) if act == "win" else open_deals.update({name: key})
        elif act == "reread":
            rereading.ask(DEFAULT, "account", [ids[key]])
        else:
            pull()
    found = {f"company:{each.id}": facts(each)[:2] for each in companies}
    assert found == {key: there.get(key, (None, None)) for key in found}
    kept = set(
        db.session.scalars(
            sa.select(CrmDeal.name).where(CrmDeal.company_id.in_([each.id for each in companies]))
        )
    )
    assert kept == set(open_deals)
    catch_up(DemandReader())
    total = sum(revenue or 0 for _, revenue in there.values())
    assert db.session.get_one(Idea, idea.id, populate_existing=True).revenue == total
    assert [each for audit in audit_all() for each in audit.differences] == []
