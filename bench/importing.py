"""How long an import takes and how much memory it needs.

    .venv/bin/python bench/importing.py stackexchange PATH
    .venv/bin/python bench/importing.py votes 100000

`votes` makes files of Quackback with so many votes of a fifth as many people on a thousand ideas, imports them, exports
everything and imports that into another database. Each run has a database of its own; PORTAL_DATABASE_URL of an empty
PostgreSQL (and SECOND_DATABASE_URL of another, for `votes`) may be given instead. Prints a line of JSON for each step.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

IDEAS = 1_000


def main() -> None:
    kind, what = sys.argv[1:3]
    second = os.environ.pop("SECOND_DATABASE_URL", "")
    with tempfile.TemporaryDirectory() as folder:
        here, there = Path(folder, "here"), Path(folder, "there")
        if kind != "votes":
            step(here, f"import {kind}", "import", kind, what)
            return
        files = written(Path(folder), int(what))
        step(here, f"import {what} votes", "import", "table", *files, "--preset", "quackback")
        step(here, "again", "import", "table", *files, "--preset", "quackback")
        first, again = str(Path(folder, "first.json")), str(Path(folder, "again.json"))
        step(
            here,
            "export of everything",
            "export",
            "ideas",
            "--format",
            "json",
            "--complete",
            "--output",
            first,
        )
        if second:
            os.environ["PORTAL_DATABASE_URL"] = second
        step(there, "import of everything", "import", "table", first, "--preset", "portal")
        step(there, "export again", "export", "ideas", "--format", "json", "--complete", "--output", again)
        print(json.dumps({"the same to the byte": Path(first).read_bytes() == Path(again).read_bytes()}))


def step(instance: Path, says: str, *words: str) -> None:
    """Run one command over the database of an instance, made ready first, and print what it took."""
    environment = os.environ | {"PORTAL_INSTANCE": str(instance)}
    flask = [sys.executable, "-m", "flask", "--app", "wsgi"]
    subprocess.run([*flask, "db", "upgrade"], env=environment, check=True, capture_output=True)
    began = time.perf_counter()
    with tempfile.TemporaryFile("w+") as out:
        running = subprocess.Popen([*flask, "transfer", *words], env=environment, stdout=out)
        _pid, status, used = os.wait4(running.pid, 0)
        seconds = time.perf_counter() - began
        out.seek(0)
        lines = out.read().splitlines()
    result = {
        "step": says,
        "seconds": round(seconds, 1),
        "cpu_seconds": round(used.ru_utime + used.ru_stime, 1),
        "peak_mb": round(used.ru_maxrss / 1024),
        "taken": next((line for line in lines if line.startswith("Taken")), lines[-1] if lines else ""),
    }
    print(json.dumps(result, ensure_ascii=False), flush=True)
    if status:
        sys.exit(1)


def written(folder: Path, votes: int) -> list[str]:
    """Posts and votes as Quackback exports them."""
    chance = random.Random(7)
    posts, cast = folder / "posts.csv", folder / "post_votes.csv"
    with posts.open("w") as file:
        file.write("id,title,content,status,tags,board,author_name,author_email,vote_count,created_at\n")
        for n in range(IDEAS):
            file.write(
                f'p{n},Idea number {n},"Some **words**, and more of them",open,"a, b",Wishes,A,a{n}@x.example,150,2024-01-01T00:00:00Z\n'
            )
    with cast.open("w") as file:
        file.write("id,post_id,voter_email,source_type,created_at\n")
        for n in range(votes):
            day = f"2024-{n % 12 + 1:02}-{n % 28 + 1:02}"
            file.write(
                f"v{n},p{chance.randrange(IDEAS)},v{n % (votes // 5)}@x.example,portal,{day}T08:00:00Z\n"
            )
    return [str(posts), str(cast)]


if __name__ == "__main__":
    main()
