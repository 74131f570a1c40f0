"""How long the desk, the lists and the figures take at 100,000 ideas, and how long their numbers take to count.

    .venv/bin/python bench/demand.py [--ideas 100000] [--votes 300000] [--keep FOLDER]

Fills a temporary SQLite database (PORTAL_DATABASE_URL of an empty PostgreSQL may be given instead), counts all demand,
and asks for each page as a product manager in this process. Prints a table in Markdown: milliseconds of CPU (middle and
slowest of seven; with SQLite the database is in them), queries, and kilobytes.
"""

import argparse
import os
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import sqlalchemy as sa
from flask_migrate import upgrade
from sqlalchemy import event

from portal import clock
from portal.accounts import signing_in
from portal.accounts.models import Company, Person
from portal.app import create_app
from portal.database import db
from portal.ideas.models import Board, Idea
from portal.ideas.plans.models import Plan
from portal.insights import cli, marking
from portal.settings import Settings
from portal.voting import casting
from portal.voting.models import Vote

BOARDS, COMPANIES, PEOPLE, CHUNK = 8, 2_000, 20_000, 10_000
TIERS = ("small", "mid-size", "enterprise", "key")
SEGMENTS = [f"Segment {n}" for n in range(20)]
STATUSES = ("open", "open", "open", "under_review", "planned", "started", "shipped", "declined", "parked")
PAGES = [
    "/ideas/", "/ideas/?sort=top", "/ideas/?sort=top&days=30", "/ideas/?sort=top&by=revenue",
    "/ideas/?sort=top&by=weight&days=365", "/ideas/?sort=top&tier=key", "/ideas/?tier=key", "/desk/",
    "/desk/?sort=rising", "/desk/?sort=review", "/desk/?sort=revenue", "/desk/?sort=weight&segment=Segment+3",
    "/desk/?sort=new&state=undecided", "/desk/?sort=people&board=3&status=open", "/ideas/7", "/desk/ideas/7/wanted",
    "/desk/votes", "/desk/votes?idea=7", "/desk/votes?tier=key", "/desk/figures", "/desk/figures?board=3",
]  # fmt: skip


def fill(ideas, votes):
    """Boards, companies, people, ideas of three years and votes of one, most of them on few ideas."""
    chance, now = random.Random(5), clock.now()
    ago = [now - timedelta(days=chance.random() * 1_000) for _ in range(1_000)]
    insert(Board, [{"id": n, "name": f"Board {n}", "created_at": now} for n in range(1, BOARDS + 1)])
    insert(Company, (company(n, now) for n in range(1, COMPANIES + 1)))
    insert(Person, (person(n, now, chance) for n in range(1, PEOPLE + 1)))
    text = {"body": "Text", "body_html": "<p>Text</p>", "cooked_with": "1", "summary": "Text"}
    cast = list(some_votes(ideas, votes, now, chance))
    counts = Counter(each["idea_id"] for each in cast)
    with without_indexes(Idea):
        insert(
            Idea,
            (
                idea(n, text, ago) | {"votes_up": counts[n], "weights_up": counts[n]}
                for n in range(1, ideas + 1)
            ),
        )
    insert(
        Plan,
        (
            {"idea_id": n, "owner_id": 1, "review_on": now.date(), "cost": "", "impact": ""}
            for n in range(1, ideas, 97)
        ),
    )
    with without_indexes(Vote):
        insert(Vote, cast)
    db.session.execute(sa.text("ANALYZE"))
    db.session.commit()


@contextmanager
def without_indexes(model):
    """Indexes are made anew afterwards, which is quicker."""
    db.session.commit()
    with db.engine.begin() as connection:
        for index in model.__table__.indexes:
            index.drop(connection)
    yield
    with db.engine.begin() as connection:
        for index in model.__table__.indexes:
            index.create(connection)


def insert(model, rows):
    """In chunks, each committed."""
    rows = iter(rows)
    while chunk := [row for _, row in zip(range(CHUNK), rows, strict=False)]:
        db.session.execute(sa.insert(model), chunk)
        db.session.commit()


def company(n, now):
    facts = {"tier": TIERS[n % 4], "segment": SEGMENTS[n % 20], "revenue": n * 100, "crm_read_at": now}
    return {
        "id": n,
        "name": f"Firm {n}",
        "currency": "USD" if n % 50 == 0 else "EUR",
        "created_at": now,
        **facts,
    }


def person(n, now, chance):
    role = {1: "admin", 2: "product_manager"}.get(n, "customer")
    works_at = None if n < 3 or n % 9 == 0 else chance.randint(1, COMPANIES)
    names = {"name": f"Person {n}", "email": f"p{n}@example.com", "fs_uniquifier": str(n), "role": role}
    return {"id": n, "company_id": works_at, "confirmed_at": now, "created_at": now, **names}


def idea(n, text, ago):
    status = STATUSES[n % len(STATUSES)]
    made = ago[n % len(ago)]
    word = made + timedelta(days=3) if status != "open" else None
    values = {
        "board_id": n % BOARDS + 1,
        "title": f"Idea number {n}",
        "status": status,
        "author_id": n % PEOPLE + 1,
    }
    return (
        text
        | values
        | {"id": n, "created_at": made, "status_at": word, "last_staff_word_at": word, "hot": float(n % 977)}
    )


def some_votes(ideas, votes, now, chance):
    seen = set()
    while len(seen) < votes:
        key = chance.randint(3, PEOPLE), int(ideas * chance.random() ** 3) + 1
        if key not in seen:
            seen.add(key)
            at = now - timedelta(days=365 * chance.random() ** 2)
            yield {"person_id": key[0], "idea_id": key[1], "value": 1, "cast_at": at}


def measure(browser, path):
    """Milliseconds, queries and kilobytes of a page."""
    sent, took = [], []

    def note(*args):
        sent.append(args[2])

    event.listen(db.engine, "before_cursor_execute", note)
    for _ in range(7):
        db.session.remove()
        begin = time.process_time()
        answer = browser.get(path)
        took.append(1000 * (time.process_time() - begin))
        if answer.status_code != 200:
            raise SystemExit(f"{path}: {answer.status}")
    event.remove(db.engine, "before_cursor_execute", note)
    queries = [each for each in sent if not each.startswith(("BEGIN", "PRAGMA"))]
    return statistics.median(took), max(took), len(queries) / 7, len(answer.data) / 1024


def signed_in(app):
    """The browser of the product manager."""
    browser = app.test_client()
    token = signing_in.begin(db.session.get(Person, 2), browser="Bench")
    db.session.commit()
    with browser.session_transaction() as session:
        session["_user_id"] = token
        session["fs_paa"] = clock.now().timestamp()
    return browser


def timed(words, act):
    begin = time.process_time()
    act()
    print(f"{words}: {time.process_time() - begin:.1f} s of CPU", flush=True)


def rebuild():
    marking.mark_all()
    db.session.commit()
    cli.fold_waiting()


def cast_some():
    for n in range(100):
        casting.cast(db.session.get(Idea, 9 * (n + 1)), by=db.session.get(Person, PEOPLE - n))
        db.session.commit()


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--ideas", type=int, default=100_000)
    options.add_argument("--votes", type=int, default=300_000)
    options.add_argument("--keep", default="")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = os.environ.get("PORTAL_DATABASE_URL", "")
        settings = Settings(instance=asked.keep or folder, database_url=url, rate_limits=False)
        app = create_app(settings)
        with app.app_context():
            upgrade()
            timed("filled", lambda: fill(asked.ideas, asked.votes))
            timed("all demand counted", rebuild)
            timed("100 votes cast", cast_some)
            with clock.at(clock.now() + timedelta(days=1)):
                timed("the next day begun", cli.fold_waiting)
            browser = signed_in(app)
            print("\n| page | ms | slowest | queries | KB |\n|---|---|---|---|---|")
            for path in PAGES:
                middle, slowest, queries, size = measure(browser, path)
                print(f"| {path} | {middle:.0f} | {slowest:.0f} | {queries:.0f} | {size:.0f} |", flush=True)


if __name__ == "__main__":
    main()
