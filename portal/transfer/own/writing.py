"""Writing what was gathered of a person as one JSON file, however much it is."""

import json
from pathlib import Path

from portal import clock
from portal.accounts.models import Person
from portal.activity import journal
from portal.activity.events import OwnDataTaken
from portal.database import db, one_state
from portal.transfer.own.gathering import gathered

ABOUT = (
    "All that this community keeps of you. Ideas, topics and posts of others are named by their numbers. Not in it: "
    "the words with which staff proved a vote that they added for you, passwords, and what only tells of others."
)


def write(person: Person, path: Path) -> int:
    """Write everything of a person to `path`, from one state of the database; returns how many rows there are."""
    count = 0
    with one_state(), path.open("w", encoding="utf-8") as file:
        # What was read before the state began is not known in it.
        me = db.session.get_one(Person, person.id)
        file.write(f'{{"about": {json.dumps(ABOUT)},\n "made_at": {json.dumps(clock.now().isoformat())}')
        for name, rows in gathered(me):
            file.write(f",\n {json.dumps(name)}: [")
            between = "\n  "
            for row in rows:
                file.write(between + json.dumps(row, ensure_ascii=False))
                between, count = ",\n  ", count + 1
            file.write("]")
        file.write("\n}\n")
    return count


def record(person_id: int, rows: int) -> None:
    """Write down that somebody took their own data along. The caller commits."""
    journal.record(OwnDataTaken(actor_id=person_id, rows=rows))
