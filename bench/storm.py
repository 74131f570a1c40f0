"""Do pages stay quick while votes pour in and the worker takes them to a CRM?

    .venv/bin/python bench/storm.py [--people 2000] [--votes 10000] [--seconds 70]

Serves a community as `bin/run` does and asks for its ideas twenty times a second: while nothing happens, while so many
votes a minute are cast and the connection is paused, and while the worker also writes them into the embedded store.
Prints the milliseconds of the middle and of 95 in 100, and ends with 1 when a contact was written twice within 60 s.
Shared machines are uneven: what the bridge costs is the difference between the last two lines of one run.
"""

import argparse
import contextlib
import multiprocessing
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from http.client import HTTPConnection
from itertools import pairwise
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import crm
import pages
import sqlalchemy as sa

from portal.accounts.models import Person
from portal.crm_bridge.models import CrmExchange
from portal.database import db
from portal.ideas.models import Idea
from portal.voting import casting

ASKING, A_SECOND = 4, 20
PATH = "/ideas/"
REST = 60


def rain(folder, people, a_minute, seconds, told):
    """Cast votes at that pace, back and forth; tells how many it came to."""
    chance, cast = random.Random(7), 0
    with crm.make(folder).app_context():
        begin = time.monotonic()
        while (passed := time.monotonic() - begin) < seconds:
            if cast > passed * a_minute / 60:
                time.sleep(0.005)
                continue
            idea = db.session.get_one(Idea, chance.randint(1, crm.IDEAS))
            person = db.session.get_one(Person, chance.randint(1, people))
            casting.cast(idea, by=person, value=1)
            db.session.commit()
            db.session.remove()
            cast += 1
    told.put(cast)


def asked(address, seconds):
    """Milliseconds of the middle and of 95 in 100, of requests at an even pace."""
    times, end = [], time.monotonic() + seconds

    def ask():
        connection = HTTPConnection(address, timeout=30)
        while (began := time.monotonic()) < end:
            if pages.ask(connection, PATH, None) != 200:
                raise SystemExit(f"{PATH} was not answered.")
            times.append((time.monotonic() - began) * 1_000)
            time.sleep(max(0.0, ASKING / A_SECOND - (time.monotonic() - began)))

    threads = [threading.Thread(target=ask) for _ in range(ASKING)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return statistics.median(times), statistics.quantiles(times, n=20)[-1]


def measure(name, address, seconds, storm=None):
    told = multiprocessing.Queue()
    process = storm and multiprocessing.Process(target=rain, args=(*storm, seconds, told))
    if process:
        process.start()
    middle, slow = asked(address, seconds)
    cast = told.get() if process else 0
    if process:
        process.join()
    print(
        f"{name:<40} {middle:7.1f} ms {slow:7.1f} ms   {cast * 60 / seconds:8,.0f} votes a minute", flush=True
    )
    return slow


def shortest_gap():
    """Seconds between two writes of one contact, the fewest there were; None when none was written twice."""
    at: dict[int, list] = {}
    rows = sa.select(CrmExchange.entity_id, CrmExchange.at).where(CrmExchange.entity == "person")
    for each in db.session.execute(rows.order_by(CrmExchange.id)):
        at.setdefault(each.entity_id, []).append(each.at)
    gaps = [(b - a).total_seconds() for times in at.values() for a, b in pairwise(times)]
    return len(at), min(gaps, default=None)


@contextlib.contextmanager
def working(environment):
    process = subprocess.Popen(
        [*pages.FLASK, "worker"], cwd=pages.ROOT, env=environment, stderr=subprocess.DEVNULL
    )
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def command(environment, *words):
    subprocess.run(
        [*pages.FLASK, "crm", *words], cwd=pages.ROOT, env=environment, check=True, capture_output=True
    )


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--people", type=int, default=2_000)
    options.add_argument("--votes", type=int, default=10_000)
    options.add_argument("--seconds", type=int, default=70)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        crm.build(folder, given.people, 5)
        environment = {**os.environ, "PORTAL_INSTANCE": folder, "PORTAL_SECRET_KEY": "bench only"}
        command(environment, "pause", "--why", "Bench")
        storm = folder, given.people, given.votes
        with pages.serving("wsgi:app", environment) as (address, _), working(environment):
            asked(address, 5)
            measure("nothing happens", address, given.seconds)
            alone = measure("votes, the connection is paused", address, given.seconds, storm)
            command(environment, "resume")
            bridged = measure("votes, and the worker writes them", address, given.seconds, storm)
        with crm.make(folder).app_context():
            written, gap = shortest_gap()
    print(
        f"95 in 100: {100 * (bridged / alone - 1):+.0f} %; {written:,} contacts written, {gap} s between two at least"
    )
    sys.exit(0 if gap is None or gap >= REST else 1)


if __name__ == "__main__":
    main()
