"""bin/crm: real CRMs on this machine, to try the bridge with.

bin/crm start bottlecrm|tryton   installs it once, starts it, and prints how the portal is connected to it
bin/crm start NAME --empty       the same, with nothing kept of what was in it
bin/crm stop [NAME]              ends it with everything it started; what is in it is kept
bin/crm status                   what runs, and where
bin/crm install [NAME]           installs it, or all of them, and starts none, as the tests need them
"""

import argparse
import os
import shutil
import sys
import time
from typing import Any

from crms import keeping
from crms.installing import alone, failed
from crms.making import CRMS, lacking, make, place
from crms.programs import ServiceMissing


class Failed(Exception):
    """The text is for the person at the terminal."""


def say(text: str) -> None:
    print(text, flush=True)


def folder_of(name: str) -> Any:
    return place(CRMS[name], "run")


def start(name: str, empty: bool) -> None:
    failed(name).unlink(missing_ok=True)
    if missing := lacking(name):
        raise Failed(f"{CRMS[name].title} cannot be run here: {missing}.")
    began, crm = time.monotonic(), CRMS[name]
    make(crm, say)
    folder = folder_of(name)
    with alone(f"{name}/starting"):
        state = keeping.state_of(folder)
        if state and empty:
            raise Failed(f"{crm.title} runs; first: bin/crm stop {name}")
        if state is None:
            if empty:
                shutil.rmtree(folder, ignore_errors=True)
            say(f"Starting {crm.title}")
            state = keeping.wait_for(folder, keeping.begin(name, folder))
    tell(crm, state, time.monotonic() - began)


def tell(crm: Any, state: dict[str, Any], seconds: float) -> None:
    say(f"\n{crm.title} answers at {state['address']} ({seconds:.0f} s)")
    say(f"  sign in    {state['sign_in']}")
    for name, value in state["settings"].items():
        say(f"  {name:<10} {value}")
    settings = " ".join(f"--set {name}={value}" for name, value in state["settings"].items())
    say("\nConnect the portal, look at the plan, and write:")
    say(f"  .venv/bin/flask --app wsgi crm connect {crm.name} --vendor {crm.name} --private {settings}")
    say(f"  .venv/bin/flask --app wsgi crm plan --connection {crm.name}")
    say(f"  .venv/bin/flask --app wsgi crm push --connection {crm.name}")
    say(f"\nIt runs until: bin/crm stop {crm.name}")


def stop(names: list[str]) -> None:
    for name in names:
        ended = keeping.end(folder_of(name))
        say(f"{CRMS[name].title} is stopped." if ended else f"{CRMS[name].title} does not run.")


def install(names: list[str]) -> None:
    """Those that can be. Ends with 1 where one cannot and the tests require it."""
    whole = True
    for name in names:
        crm = CRMS[name]
        failed(name).unlink(missing_ok=True)
        try:
            make(crm, say)
            say(f"{crm.title} is installed.")
        except (ServiceMissing, RuntimeError) as reason:
            whole = False
            say(f"{crm.title} is NOT installed: {reason}")
    if not whole and os.environ.get("PORTAL_REQUIRE_CRM") == "1":
        raise Failed("A CRM is required and cannot be run.")


def status() -> None:
    for name, crm in CRMS.items():
        state = keeping.state_of(folder_of(name))
        if state:
            say(f"{crm.title:<10} answers at {state['address']} (process {state['pid']})")
        else:
            say(f"{crm.title:<10} does not run{'; ' + missing if (missing := lacking(name)) else ''}")


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="bin/crm", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    acts = parser.add_subparsers(dest="act", required=True)
    starting = acts.add_parser("start", help="install once, start, print how to connect")
    starting.add_argument("name", choices=CRMS)
    starting.add_argument("--empty", action="store_true", help="keep nothing of what was in it")
    stopping = acts.add_parser("stop", help="end it with everything it started")
    stopping.add_argument("name", choices=CRMS, nargs="?")
    acts.add_parser("status", help="what runs, and where")
    installing = acts.add_parser("install", help="install and start none")
    installing.add_argument("name", choices=CRMS, nargs="?")
    asked = parser.parse_args()
    if asked.act == "start":
        start(asked.name, asked.empty)
    elif asked.act == "status":
        status()
    else:
        {"install": install, "stop": stop}[asked.act]([asked.name] if asked.name else list(CRMS))


if __name__ == "__main__":
    try:
        main()
    except (Failed, RuntimeError) as failure:
        sys.exit(str(failure))
    except KeyboardInterrupt:
        sys.exit("Interrupted; the same command goes on from here.")
