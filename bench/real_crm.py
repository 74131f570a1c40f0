"""Is a real CRM kept in step, and how fast? A given community is synced into it, read back, and synced under fire.

    .venv/bin/python bench/real_crm.py bottlecrm|tryton [--people 500] [--votes 2000] [--kills 50]

The community is the given Polis conversation of ../shared (or $PORTAL_SHARED): people with votes on statements, who get
mail addresses and consent. Prints what each step took and how many calls it made, and ends with 1 when a record is not
field by field what was written, is there twice, or is missing; when the first sync takes more than 180 s; when the
second makes a call.
"""

import argparse
import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import sqlalchemy as sa
from flask_migrate import upgrade

from crms import keeping
from crms.making import CRMS
from portal.accounts.models import Company, Person
from portal.app import create_app
from portal.crm_bridge import connecting, drifting, leasing, planning, pushing
from portal.crm_bridge.calling.wire import Wire
from portal.crm_bridge.describing import Voice
from portal.crm_bridge.gateway import connect
from portal.crm_bridge.models import DEFAULT, CrmLink
from portal.database import db
from portal.ideas.models import Idea
from portal.settings import Settings
from portal.transfer import opening
from portal.transfer.polis import importing
from portal.voting.models import Vote

VOICE = Voice(DEFAULT, "Bench", "https://community.example")
SECONDS = 180.0
COMPANIES = 50
CALLS = {"bottlecrm": 40, "tryton": 8}
"""So many calls a push of some changes makes at least; it is killed at one of them."""


def make(folder):
    return create_app(Settings(instance=folder, secret_key="bench only"))  # noqa: S106


def fill(path, people, votes):
    """The given conversation, with so many people who agreed and so many votes of theirs."""
    upgrade()
    with opening.opened(path) as archive:
        importing.run(archive, "polis", lambda _: None)
    asked = sa.select(Vote.person_id, Vote.idea_id).join(Idea, Idea.id == Vote.idea_id)
    asked = asked.where(Idea.hidden_at.is_(None)).order_by(Vote.person_id, Vote.idea_id)
    casts = db.session.execute(asked).all()
    chosen = list(dict.fromkeys(each.person_id for each in casts))[:people]
    kept, each_keeps = set(), votes // len(chosen)
    for who in chosen:
        kept |= set([(one.person_id, one.idea_id) for one in casts if one.person_id == who][:each_keeps])
    spare = [(one.person_id, one.idea_id) for one in casts if one.person_id in set(chosen)]
    kept |= set([each for each in spare if each not in kept][: max(0, votes - len(kept))])
    every = db.session.execute(sa.select(Vote.person_id, Vote.idea_id)).all()
    gone = [each for each in map(tuple, every) if each not in kept]
    for start in range(0, len(gone), 500):
        db.session.execute(
            sa.delete(Vote).where(sa.tuple_(Vote.person_id, Vote.idea_id).in_(gone[start : start + 500]))
        )
    now = db.session.scalar(sa.select(sa.func.min(Vote.cast_at)))
    db.session.execute(
        sa.insert(Company),
        [{"id": n, "name": f"Firm {n}", "created_at": now} for n in range(1, COMPANIES + 1)],
    )
    for number, who in enumerate(chosen):
        agreed = {
            "email": f"person{who}@example.com",
            "confirmed_at": now,
            "crm_consent": True,
            "crm_consent_at": now,
        }
        db.session.execute(
            sa.update(Person).where(Person.id == who).values(**agreed, company_id=number % COMPANIES + 1)
        )
    connecting.make_default()
    db.session.commit()
    return len(chosen), len(kept)


def push(gateway):
    holder = leasing.take(DEFAULT)
    db.session.commit()
    counts = Counter()
    try:
        for step in pushing.push(DEFAULT, gateway, holder, planning.everything(VOICE)):
            db.session.commit()
            counts += step.counts
    finally:
        db.session.rollback()
        leasing.give_back(DEFAULT, holder)
        db.session.commit()
    return dict(counts)


def timed(name, calls, work):
    calls.clear()
    began = time.monotonic()
    result = work()
    seconds = time.monotonic() - began
    print(f"{name:<34} {seconds:7.1f} s {len(calls):6} calls   {result}", flush=True)
    return seconds, len(calls), result


def read_back(gateway):
    """How many records were read back, and how many are not as written."""
    found = list(drifting.drift(DEFAULT, gateway))
    db.session.rollback()
    return {
        "records": sum(each.records for each in found),
        "drifted": sum(len(each.drifts) for each in found),
    }


def twice(gateway):
    """How many records of ours are there more than once, and how many there are."""
    ids = Counter()
    for kind in ("account", "contact", "vote"):
        cursor = ""
        while (part := gateway.fetch_changed(kind, cursor, 10_000)).records:
            ids.update((kind, each.ref.external_id) for each in part.records)
            cursor = part.cursor
    return {"there": len(ids), "twice": sum(number > 1 for number in ids.values())}


class Mortal:
    """Dies by SIGKILL a moment after the call of that number was begun."""

    def __init__(self, calls, seconds):
        self.left, self.seconds = calls, seconds

    def beat(self):
        self.left -= 1
        if self.left == 0:
            threading.Timer(self.seconds, os.kill, (os.getpid(), signal.SIGKILL)).start()


def under_fire(folder, opened, kills, most):
    """Pushes in processes of their own, each killed at some moment; something changes before each."""
    chance, killed = random.Random(7), 0
    for number in range(kills):
        with make(folder).app_context():
            who = db.session.scalars(
                sa.select(Person.id).where(Person.crm_consent).order_by(sa.func.random()).limit(20)
            ).all()
            db.session.execute(sa.update(Person).where(Person.id.in_(who)).values(name=f"Renamed {number}"))
            if number % 10 == 0:
                db.session.execute(sa.delete(CrmLink).where(CrmLink.entity_id.in_(who[:3])))
            idea = db.session.scalar(sa.select(Vote.idea_id).order_by(sa.func.random()).limit(1))
            db.session.execute(sa.update(Idea).where(Idea.id == idea).values(title=f"Other words {number}"))
            db.session.commit()
            db.session.remove()
            db.engine.dispose()
        if (pid := os.fork()) == 0:
            with make(folder).app_context():
                push(opened(Mortal(chance.randrange(1, most), chance.random() * 0.05).beat)[0])
            os._exit(0)
        killed += os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL
    return killed


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("vendor", choices=CRMS)
    options.add_argument("--people", type=int, default=500)
    options.add_argument("--votes", type=int, default=2_000)
    options.add_argument("--kills", type=int, default=50)
    asked = options.parse_args()
    shared = Path(os.environ.get("PORTAL_SHARED") or Path(__file__).resolve().parent.parent.parent / "shared")
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as place:
        crm = Path(place) / "crm"
        # The servers of a CRM may belong to somebody else.
        Path(place).chmod(0o711)
        user = keeping.use(crm)
        keeper = keeping.begin(asked.vendor, crm, while_used=True)
        state = keeping.wait_for(crm, keeper)

        def opened(beat=lambda: None):
            calls = []
            wire = Wire(private=True, note=calls.append, beat=beat)
            return connect(asked.vendor, state["settings"], wire), calls

        with make(folder).app_context():
            people, votes = fill(shared / "data/given/polis-biodiversity", asked.people, asked.votes)
            print(f"{people:,} people who agreed, {votes:,} votes, {COMPANIES} companies")
            gateway, calls = opened()
            seconds, _, first = timed("first sync", calls, lambda: push(gateway))
            _, again, _ = timed("second sync, nothing changed", calls, lambda: push(gateway))
            _, _, back = timed("everything read back", calls, lambda: read_back(gateway))
            _, _, there = timed("looked for doubles", calls, lambda: twice(gateway))
            wanted = COMPANIES + people + votes
            good = seconds < SECONDS and again == 0 and back == {"records": wanted, "drifted": 0}
            good = good and there == {"there": wanted, "twice": 0} and not first.get("quarantined")
            db.session.remove()
            db.engine.dispose()
        if asked.kills:
            print(
                f"killed {under_fire(folder, opened, asked.kills, CALLS[asked.vendor])} of {asked.kills} pushes"
            )
            with make(folder).app_context():
                gateway, calls = opened()
                timed("sync after it", calls, lambda: push(gateway))
                _, _, back = timed("everything read back", calls, lambda: read_back(gateway))
                _, _, there = timed("looked for doubles", calls, lambda: twice(gateway))
                good = (
                    good
                    and back == {"records": wanted, "drifted": 0}
                    and there == {"there": wanted, "twice": 0}
                )
        user.unlink()
        keeper.wait()
    print("ok" if good else "NOT as it should be")
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
