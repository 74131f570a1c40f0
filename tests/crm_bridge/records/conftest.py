"""A customer whose record has something of everything."""

from datetime import timedelta

import pytest

from portal import clock
from portal.crm_bridge import connecting
from portal.crm_bridge.memory.gateway import SHELF
from portal.crm_bridge.models import CrmConnection
from portal.database import db
from portal.discussion import writing
from portal.forums import accepting, starting
from portal.ideas import deciding, submitting
from portal.ideas.appeals import appealing
from portal.ideas.models import Idea, Status
from portal.moderation import flagging, hiding
from portal.moderation.models import FlagReason
from portal.voting import casting, vouching
from portal.voting.models import Proof
from tests.factories import EPOCH

DAYS = 30


@pytest.fixture
def ines(cast, store):
    """The customer of the cast, who agreed."""
    person = cast.customer
    person.crm_consent, person.crm_consent_at, person.reputation = True, EPOCH, 25
    db.session.commit()
    return person


@pytest.fixture
def pm(as_, cast):
    return as_(cast.product_manager)


@pytest.fixture
def second(app):
    """A second connection, beside the embedded store, to a CRM that holds nothing yet."""
    SHELF.pop("sales", None)
    connecting.make_default()
    db.session.add(CrmConnection(name="sales", vendor="memory", settings={"name": "sales"}, sealed={}))
    db.session.commit()
    return "sales"


@pytest.fixture
def lived(make, cast, ines):
    """Ines did one of everything, a day after the other; returns the names of what there is."""
    board, category = make.board(name="Mobile"), make.category(name="Reports")
    began = clock.now() - timedelta(days=DAYS)

    def on(day, act, *args, **kwargs):
        with clock.at(began + timedelta(days=day)):
            made = act(*args, **kwargs)
            db.session.commit()
            return made

    theirs = {"by": ines}
    idea = on(1, submitting.submit, board=board, title="Offline mode", body="Without signal", **theirs)
    others = [make.idea(board=board, title=title) for title in ("Dark side", "Bigger type", "Blue skies")]
    dark, big, blue = others
    on(2, casting.cast, dark, **theirs)
    on(3, casting.cast, big, **theirs)
    on(4, casting.withdraw, db.session.get_one(Idea, big.id), **theirs)
    evidence = vouching.Evidence(Proof.CALL, text="They said so.")
    on(5, vouching.add, blue, by=cast.product_manager, voter=ines, evidence=evidence)
    added = on(5, vouching.add, idea, by=cast.moderator, voter=cast.other_customer, evidence=evidence)
    on(5, vouching.remove, added, idea, by=cast.moderator)
    small = make.idea(board=board, title="Larger buttons")
    added = on(5.2, vouching.add, small, by=cast.product_manager, voter=ines, evidence=evidence)
    on(5.4, vouching.remove, added, small, by=cast.product_manager)
    comment = on(6, writing.write, dark, body="My eyes hurt at night", **theirs)
    on(7, starting.start, category=category, title="Old totals?", body="Why", kind="question", **theirs)
    asked = make.topic(category=category, author=cast.other_customer, title="Can it print?")
    answer = on(8, writing.write, asked, body="Press P", **theirs)
    on(9, accepting.accept, answer, by=cast.other_customer)
    rude = make.comment(dark, author=cast.other_customer)
    on(10, flagging.flag, rude, by=ines, reason=FlagReason.RUDE, note="Look at this")
    on(11, hiding.hide, comment, by=cast.moderator, reason="Health talk")
    dark = db.session.get_one(Idea, dark.id)
    on(
        12,
        deciding.change_status,
        dark,
        to=Status.DECLINED,
        by=cast.product_manager,
        reason="Too rare",
        ground="rare",
    )
    on(13, appealing.appeal, dark, by=ines)
    idea = db.session.get_one(Idea, idea.id)
    on(14, deciding.change_status, idea, to=Status.PLANNED, by=cast.product_manager)
    return {"idea": idea, "dark": dark, "comment": comment, "answer": answer}
