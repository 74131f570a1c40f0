"""How fast is the CRM planner? A community of many people and votes, planned, and with `--push` written.

    .venv/bin/python bench/crm.py [--people 50000] [--votes 20] [--push]

Prints CPU seconds and the highest memory of each step, and ends with 1 when planning takes more than 60 s of CPU
or 300 MB. `--push` also writes everything, to a gateway that takes all and keeps nothing.
"""

import argparse
import os
import random
import resource
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import sqlalchemy as sa
from flask_migrate import upgrade

from portal import garbage
from portal.accounts.models import Company, Person
from portal.app import create_app
from portal.crm_bridge import leasing, planning, pushing
from portal.crm_bridge.describing import Voice
from portal.crm_bridge.gateway import Description, Outcome, Status
from portal.crm_bridge.models import DEFAULT
from portal.database import db
from portal.ideas.models import Board, Idea
from portal.settings import Settings
from portal.voting.models import Vote

VOICE = Voice(DEFAULT, "Bench", "https://community.example")
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
IDEAS = 2_000
CPU, MEMORY = 60.0, 300.0


class Null:
    """Takes everything and keeps nothing."""

    def describe(self):
        return Description(title="Null", batch=100)

    def ensure_schema(self, kinds):
        return []

    def plan_keys(self, kind, keys):
        return [None] * len(keys)

    def upsert_many(self, kind, rows):
        return [Outcome(Status.CREATED, remote_id=row.ref.external_id, version="1") for row in rows]


def fill(people, votes):
    """People who all consent, in companies of ten, each with that many votes."""
    db.session.execute(sa.insert(Board), [{"id": 1, "name": "Board", "created_at": EPOCH}])
    text = {"body": "Text", "body_html": "<p>Text</p>", "cooked_with": "1", "created_at": EPOCH}
    ideas = [{"id": n, "board_id": 1, "title": f"Idea number {n}", **text} for n in range(1, IDEAS + 1)]
    db.session.execute(sa.insert(Idea), ideas)
    companies = [{"id": n, "name": f"Firm {n}", "created_at": EPOCH} for n in range(1, people // 10 + 1)]
    db.session.execute(sa.insert(Company), companies)
    chance = random.Random(7)
    for first in range(1, people + 1, 5_000):
        ids = range(first, min(first + 5_000, people + 1))
        db.session.execute(sa.insert(Person), [person(n) for n in ids])
        cast = [vote(n, idea) for n in ids for idea in chance.sample(range(1, IDEAS + 1), votes)]
        db.session.execute(sa.insert(Vote), cast)
        db.session.commit()


def person(n):
    return {
        "id": n,
        "name": f"Person {n}",
        "email": f"person{n}@example.com",
        "fs_uniquifier": str(n),
        "confirmed_at": EPOCH,
        "created_at": EPOCH,
        "crm_consent": True,
        "crm_consent_at": EPOCH,
        "company_id": (n - 1) // 10 + 1,
    }


def vote(person_id, idea_id):
    at = EPOCH + timedelta(minutes=person_id)
    return {"person_id": person_id, "idea_id": idea_id, "value": 1, "cast_at": at}


def plan():
    """Everything; returns a digest of the plan and how many records it speaks of."""
    digest, records = sha256(), 0
    for sheet in planning.everything(VOICE):
        db.session.rollback()
        records += len(sheet.changes) + sheet.equal
        for change in sheet.changes:
            digest.update(f"{change.verb} {change.subject} {change.hash}".encode())
    return digest.hexdigest()[:12], records


def push():
    """Everything to the null gateway; returns the counts."""
    holder = leasing.take(DEFAULT)
    db.session.commit()
    counts = {}
    for step in pushing.push(DEFAULT, Null(), holder, planning.everything(VOICE)):
        db.session.commit()
        for name, number in step.counts.items():
            counts[name] = counts.get(name, 0) + number
    leasing.give_back(DEFAULT, holder)
    db.session.commit()
    return counts


def timed(name, work):
    """Run a step and print what it took; returns (CPU seconds, MB, result)."""
    began = time.process_time()
    result = work()
    cpu = time.process_time() - began
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{name:<28} {cpu:6.1f} s CPU   {memory:6.0f} MB at most   {result}", flush=True)
    return cpu, memory, result


def build(folder, people, votes):
    """Fill the database in a process of its own, so that its memory is not counted."""
    if os.fork() == 0:
        with make(folder).app_context():
            upgrade()
            fill(people, votes)
        os._exit(0)
    _, status = os.wait()
    if status:
        sys.exit("The community could not be made.")


def make(folder):
    return create_app(Settings(instance=folder, secret_key="bench only"))  # noqa: S106


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--people", type=int, default=50_000)
    options.add_argument("--votes", type=int, default=20)
    options.add_argument("--push", action="store_true")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        build(folder, asked.people, asked.votes)
        with make(folder).app_context():
            # As wsgi.py does it.
            garbage.loaded()
            cpu, memory, first = timed("plan, empty ledger", plan)
            _, _, again = timed("the same plan again", plan)
            if asked.push:
                timed("push to nobody", push)
                timed("plan, full ledger", plan)
                timed("second push", push)
    good = cpu < CPU and memory < MEMORY and first == again
    print("ok" if good else f"NOT within {CPU:.0f} s CPU and {MEMORY:.0f} MB, or the two plans differ")
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
