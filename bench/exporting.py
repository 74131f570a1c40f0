"""How long an export takes and how much memory it needs: .venv/bin/python bench/exporting.py [--ideas N] [--votes N] [--first N]

Fills a database of its own with ideas, people, companies and votes, then takes them out by the command, in a process of its
own for each kind of file. PORTAL_DATABASE_URL of an empty PostgreSQL may be given instead. Prints a table in Markdown.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

FLASK = [sys.executable, "-m", "flask", "--app", "wsgi"]
BEGAN = datetime(2025, 1, 1, tzinfo=UTC)
MEASURE = (
    "import json, resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL);"
    "used = resource.getrusage(resource.RUSAGE_CHILDREN);"
    "print(json.dumps([used.ru_utime + used.ru_stime, used.ru_maxrss / 1024]))"
)
EXPORTS = (
    ("csv", "ideas and votes", []),
    ("xlsx", "ideas and votes", []),
    ("json", "ideas and votes", ["--rows", "both"]),
    ("csv", "ideas, every column", ["--columns", "ALL"]),
    ("csv", "idea and voter", ["--rows", "voters"]),
    ("csv", "companies", ["--rows", "companies"]),
)


def fill(ideas: int, votes: int) -> None:
    """Ideas of ten boards, and votes of a fifth as many people, of companies with 50 people each."""
    import sqlalchemy as sa

    from portal.accounts.models import Company, Person
    from portal.app import create_app
    from portal.database import db
    from portal.ideas.models import Board, Idea
    from portal.transfer.storing import add
    from portal.voting.models import Vote

    people, dice = max(votes // 5, 10), random.Random(7)
    companies = max(people // 50, 1)
    with create_app().app_context():
        add(Board, ({"id": n, "name": f"Board {n}", "created_at": BEGAN} for n in range(1, 11)))
        add(Company, (_company(n) for n in range(1, companies + 1)))
        add(Person, (_person(n, companies) for n in range(1, people + 1)))
        add(Idea, (_idea(n, people) for n in range(1, ideas + 1)))
        add(Vote, _votes(dice, ideas, votes, people))
        db.session.execute(
            sa.text("UPDATE idea SET votes_up = (SELECT count(*) FROM vote WHERE idea_id = idea.id)")
        )
        db.session.commit()


def _company(n: int) -> dict:
    tier = ("small", "business", "enterprise")[n % 3]
    fields = {"id": n, "name": f"Company {n}", "tier": tier, "segment": f"Segment {n % 12}"}
    return fields | {"revenue": n * 1000, "currency": "EUR", "created_at": BEGAN}


def _person(n: int, companies: int) -> dict:
    named = {
        "id": n,
        "name": f"Person {n}",
        "email": f"person{n}@example.com",
        "fs_uniquifier": f"person-{n}",
    }
    return named | {"company_id": n % companies + 1, "created_at": BEGAN, "confirmed_at": BEGAN}


def _idea(n: int, people: int) -> dict:
    text = f"What we need {n}, and why it matters to us. " * 10
    made = {"id": n, "board_id": n % 10 + 1, "author_id": n % people + 1, "title": f"Idea {n}", "body": text}
    return made | {"body_html": text, "cooked_with": "1", "created_at": BEGAN + timedelta(minutes=n)}


def _votes(dice: random.Random, ideas: int, votes: int, people: int):
    each = max(votes // ideas, 1)
    for n in range(1, ideas + 1):
        for person in dice.sample(range(1, people + 1), each):
            at = BEGAN + timedelta(minutes=n + person)
            yield {"person_id": person, "idea_id": n, "value": 1, "cast_at": at}


def measure(kind: str, what: list[str], folder: str, environment: dict) -> list:
    """Wall seconds, seconds of the processor, peak memory in MB, and the size of the files in MB."""
    path = Path(folder, f"out.{kind}")
    command = [*FLASK, "transfer", "export", "ideas", "--format", kind, "--output", str(path), *what]
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, *command], env=environment, check=True, capture_output=True, text=True
    )
    seconds = time.perf_counter() - began
    files = list(Path(folder).glob("out*"))
    size = sum(each.stat().st_size for each in files) / 1e6
    for each in files:
        each.unlink()
    return [seconds, *json.loads(done.stdout), size]


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--ideas", type=int, default=100_000)
    options.add_argument("--votes", type=int, default=300_000)
    options.add_argument("--first", type=int, default=len(EXPORTS), help="measure only so many of the files")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["PORTAL_INSTANCE"] = folder
        environment = dict(os.environ)
        subprocess.run([*FLASK, "db", "upgrade"], env=environment, check=True, capture_output=True)
        fill(given.ideas, given.votes)
        from portal.transfer.rows.listing import KINDS

        every = ",".join(each.name for each in KINDS["ideas"].columns())
        print(f"{given.ideas:,} ideas, {given.votes:,} votes\n")
        print("| file | what | seconds | of the processor | peak MB | file MB |\n|---|---|--:|--:|--:|--:|")
        for kind, says, what in EXPORTS[: given.first]:
            words = [each.replace("ALL", every) for each in what]
            wall, used, peak, size = measure(kind, words, folder, environment)
            print(f"| {kind} | {says} | {wall:.1f} | {used:.1f} | {peak:.0f} | {size:.0f} |", flush=True)


if __name__ == "__main__":
    main()
