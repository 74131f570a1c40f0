"""How long an import takes and how much memory it needs: .venv/bin/python bench/importing.py stackexchange PATH

Each run has a database of its own; PORTAL_DATABASE_URL of an empty PostgreSQL may be given instead. Prints one line of JSON.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time


def main() -> None:
    kind, path = sys.argv[1:3]
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"PORTAL_INSTANCE": folder}
        flask = [sys.executable, "-m", "flask", "--app", "wsgi"]
        subprocess.run([*flask, "db", "upgrade"], env=environment, check=True, capture_output=True)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        began = time.perf_counter()
        command = [*flask, "transfer", "import", kind, path]
        done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
        seconds = time.perf_counter() - began
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    result = {
        "import": kind,
        "seconds": round(seconds, 1),
        "cpu_seconds": round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 1),
        "peak_mb": round(after.ru_maxrss / 1024),
        "taken": next(line for line in done.stdout.splitlines() if line.startswith("Taken")),
    }
    print(json.dumps(result, ensure_ascii=False))


if __name__ == "__main__":
    main()
