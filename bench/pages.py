"""Requests per second, time, queries and size of the main pages, served as `bin/run` serves them.

    .venv/bin/python bench/pages.py [--instance FOLDER] [--import PATH] [--seconds 5] [--signed-in]

Without --instance a temporary one is made, and --import (a Stack Exchange dump) or the demo community fills it. The
load comes from wrk where it is installed, else from threads of this script, which take a part of the same cores.
Before and after each page the yardstick is measured, a bare Flask page of 20 rows out of SQLite: shared machines are
uneven, so compare the ratio. Prints a table in Markdown.
"""

import argparse
import http.client
import os
import re
import shutil
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import psutil
import sqlalchemy as sa

from portal import clock
from portal.accounts import signing_in
from portal.accounts.models import Person
from portal.app import create_app
from portal.database import db
from portal.forums.models import Topic
from portal.ideas.models import Idea
from portal.settings import from_environment

ROOT = Path(__file__).resolve().parent.parent
CONNECTIONS = 16
WARM_UP = 1.0
MOST_REQUESTS = 20_000
FLASK = [sys.executable, "-m", "flask", "--app", "wsgi"]
GRANIAN = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--workers", "2"]
GRANIAN += ["--blocking-threads", "4", "--log-level", "warning", "--no-access-log"]


@dataclass(frozen=True)
class Load:
    """What a page bore: requests per second, milliseconds (middle and 95 of 100), answers that were not 200."""

    rate: float
    middle: float
    slow: float
    failed: int


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def serving(target, environment, folder=ROOT):
    """granian with two workers; yields its address and its process."""
    port = free_port()
    command = [*GRANIAN, "--port", str(port), target]
    process = subprocess.Popen(command, cwd=folder, env=environment, start_new_session=True)
    try:
        for _ in range(600):
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield f"127.0.0.1:{port}", psutil.Process(process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


def memory(process):
    """Megabytes of the process and its children that are theirs alone or their share of what they share."""
    return sum(each.memory_full_info().pss for each in [process, *process.children(recursive=True)]) / 1e6


def ask(connection, path, cookie):
    connection.request("GET", path, headers={"Cookie": cookie} if cookie else {})
    answer = connection.getresponse()
    answer.read()
    return answer.status


def by_threads(address, path, seconds, cookie):
    """The load from this process: CONNECTIONS threads, one open connection each, bounded in time and number."""
    times, failed, lock = [], [0], threading.Lock()
    begin = time.perf_counter() + WARM_UP
    end = begin + seconds

    def keep_asking():
        connection = http.client.HTTPConnection(address, timeout=30)
        mine, bad = [], 0
        while (started := time.perf_counter()) < end and len(mine) < MOST_REQUESTS / CONNECTIONS:
            bad += ask(connection, path, cookie) != 200
            if started >= begin:
                mine.append(time.perf_counter() - started)
        with lock:
            times.extend(mine)
            failed[0] += bad

    threads = [threading.Thread(target=keep_asking) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    times.sort()
    took = time.perf_counter() - begin
    return Load(len(times) / took, _ms(times, 0.5), _ms(times, 0.95), failed[0])


def _ms(times, share):
    return times[int(share * (len(times) - 1))] * 1_000 if times else float("nan")


def by_wrk(address, path, seconds, cookie):
    """The load from wrk."""
    command = ["wrk", "-t2", f"-c{CONNECTIONS}", "--latency", f"http://{address}{path}"]
    command += ["-H", f"Cookie: {cookie}"] if cookie else []
    subprocess.run([*command, f"-d{max(1, int(WARM_UP))}s"], check=True, capture_output=True)
    said = subprocess.run([*command, f"-d{int(seconds)}s"], check=True, capture_output=True, text=True).stdout
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    return Load(
        float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1]),
        _wrk_ms(re.search(r"50%\s+([\d.]+)(us|ms|s)", said)),
        _wrk_ms(re.search(r"9[05]%\s+([\d.]+)(us|ms|s)", said)),
        int(bad[1]) if bad else 0,
    )


def _wrk_ms(found):
    return float(found[1]) * {"us": 0.001, "ms": 1, "s": 1_000}[found[2]]


YARDSTICK = '''
import sqlite3
from flask import Flask, render_template_string

app = Flask(__name__)
PAGE = """<!doctype html><title>Rows</title><ul>{% for id, title, text in rows %}
<li><a href="/{{ id }}">{{ title }}</a> {{ text }}</li>{% endfor %}</ul>"""

@app.get("/")
def rows():
    with sqlite3.connect("rows.sqlite") as connection:
        found = connection.execute("SELECT id, title, text FROM row ORDER BY id DESC LIMIT 20").fetchall()
    connection.close()
    return render_template_string(PAGE, rows=found)
'''


@contextmanager
def yardstick():
    """The bare page that everything is compared with; yields its address."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "yardstick.py").write_text(YARDSTICK)
        with sqlite3.connect(Path(folder) / "rows.sqlite") as connection:
            connection.execute("CREATE TABLE row (id INTEGER PRIMARY KEY, title TEXT, text TEXT)")
            rows = [(f"Title {n}", "Some words of text " * 20) for n in range(1_000)]
            connection.executemany("INSERT INTO row (title, text) VALUES (?, ?)", rows)
        connection.close()
        with serving("yardstick:app", os.environ | {"PYTHONPATH": folder}, folder) as (address, _process):
            yield address


def fill(archive):
    """Make a temporary instance ready: the import, else the demo community; and the index."""
    said = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": ROOT, "check": True}
    subprocess.run([*FLASK, "db", "upgrade"], **said)
    what = ["transfer", "import", "stackexchange", archive] if archive else ["demo", "seed"]
    subprocess.run([*FLASK, *what], **said)
    subprocess.run([*FLASK, "activity", "catch-up"], **said)


def pages():
    """The pages by name: the busiest idea and topic of the instance stand for the others."""
    idea = db.session.scalar(sa.select(Idea.id).order_by(Idea.comments.desc(), Idea.id).limit(1))
    topic = db.session.scalar(sa.select(Topic.id).order_by(Topic.replies.desc(), Topic.id).limit(1))
    db.session.rollback()
    return {
        "home": "/",
        "ideas": "/ideas/",
        "idea with most comments": f"/ideas/{idea}",
        "questions": "/questions/",
        "topic with most replies": f"/questions/{topic}",
        "search for two words": "/search?q=tag+question",
    }


def cookie_of(app, signed_in):
    """The cookie of the first person who can sign in, or of one made for this."""
    if not signed_in:
        return ""
    with app.test_request_context(), clock.at(clock.now()):
        person = Person(name="Bench", fs_uniquifier="bench", confirmed_at=clock.now(), created_at=clock.now())
        known = db.session.scalar(sa.select(Person).where(Person.fs_uniquifier == "bench"))
        if known is None:
            db.session.add(person)
            db.session.flush()
        token = signing_in.begin(known or person, browser="bench/pages.py")
        db.session.commit()
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = token
        session["fs_paa"] = clock.now().timestamp()
    name = app.config["SESSION_COOKIE_NAME"]
    return f"{name}={client.get_cookie(name).value}"


def look_at(app, path, cookie):
    """Statements and kilobytes of one page."""
    seen = []

    def note(_connection, _cursor, statement, *_rest):
        if not statement.startswith(("BEGIN", "PRAGMA")):
            seen.append(statement)

    with app.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        answer = app.test_client(use_cookies=False).get(path, headers={"Cookie": cookie} if cookie else {})
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
    if answer.status_code != 200:
        raise SystemExit(f"{path} answers {answer.status_code}")
    return len(seen), len(answer.data) / 1_000


def alone(address, path, cookie):
    """Milliseconds of a lone request: the middle of ten."""
    connection, times = http.client.HTTPConnection(address, timeout=30), []
    for _ in range(11):
        began = time.perf_counter()
        ask(connection, path, cookie)
        times.append((time.perf_counter() - began) * 1_000)
    return statistics.median(times[1:])


def table(app, seconds, cookie):
    """Measure everything; yields lines of Markdown."""
    load = by_wrk if shutil.which("wrk") else by_threads
    print(f"load by {load.__name__.removeprefix('by_')}, {CONNECTIONS} connections", file=sys.stderr)
    yield "| page | requests/s | ratio | ms 50 % | ms 95 % | ms alone | queries | KB |"
    yield "|---|--:|--:|--:|--:|--:|--:|--:|"
    with serving("wsgi:app", os.environ) as (address, process), yardstick() as bare:
        with app.app_context():
            named = pages()
        before = load(bare, "/", seconds / 2, "")
        for name, path in named.items():
            queries, size = look_at(app, path, cookie)
            lone = alone(address, path, cookie)
            found = load(address, path, seconds, cookie)
            after = load(bare, "/", seconds / 2, "")
            ratio = found.rate / statistics.mean([before.rate, after.rate])
            failed = f" ({found.failed} failed)" if found.failed else ""
            yield (
                f"| {name}{failed} | {found.rate:.0f} | {ratio:.2f} | {found.middle:.0f} | {found.slow:.0f} "
                f"| {lone:.0f} | {queries} | {size:.0f} |"
            )
            before = after
        yield f"\nYardstick at the end: {before.rate:.0f} requests/s. Memory of the web server: {memory(process):.0f} MB."


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--instance")
    arguments.add_argument("--import", dest="archive")
    arguments.add_argument("--seconds", type=float, default=5.0)
    arguments.add_argument("--signed-in", action="store_true")
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"PORTAL_INSTANCE": chosen.instance or folder, "PORTAL_RATE_LIMITS": "0"}
        if not chosen.instance:
            fill(chosen.archive)
        app = create_app(from_environment())
        for line in table(app, chosen.seconds, cookie_of(app, chosen.signed_in)):
            print(line, flush=True)


if __name__ == "__main__":
    main()
