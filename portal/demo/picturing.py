"""Picturing in the demo: a screen of a phone, drawn here, stands in a comment of the one who wrote the idea."""

from collections.abc import Mapping
from io import BytesIO
from typing import Any

import sqlalchemy as sa
from PIL import Image, ImageDraw, ImageFont

from portal.accounts.models import Person
from portal.database import db
from portal.discussion import writing
from portal.discussion.images import encoding, uploading
from portal.discussion.images.storing import Storage
from portal.ideas.models import Idea

TITLE = "Text at 200 % cuts off names and times"
WORDS = "This is my rota today, with the text at 200 %:\n\n![A rota on a phone. Names and hours run out of their boxes and are cut off.](/images/{})"
SIZE = (780, 1000)
SHIFTS = (
    ("Mon", "Early  06:00-14:00 H", "#c9d7f8"),
    ("Tue", "Early  06:00-14:00 H", "#c9d7f8"),
    ("Wed", "Night  22:00-06:30 H", "#3d3a6b"),
    ("Thu", "Free", "#e9e8ee"),
    ("Fri", "Late, Harbour Offic", "#f6ddb0"),
    ("Sat", "Late, Harbour Offic", "#f6ddb0"),
)


def picture(things: Mapping[tuple[str, str], Any], storage: Storage) -> None:
    """Let the author of an idea show what they mean. Nothing where the idea is not told."""
    idea = next((each for each in things.values() if isinstance(each, Idea) and each.title == TITLE), None)
    author = db.session.scalar(sa.select(Person).where(Person.id == idea.author_id)) if idea else None
    if idea and author:
        image = uploading.upload(encoding.encode(_screen()), by=author, storage=storage)
        writing.write(idea, by=author, body=WORDS.format(image.name))


def _screen() -> bytes:
    """The screen as a file."""
    screen = Image.new("RGB", SIZE, "#faf9fc")
    pen, large, small = ImageDraw.Draw(screen), ImageFont.load_default(58), ImageFont.load_default(40)
    pen.rectangle((0, 0, SIZE[0], 130), fill="#4b3fb5")
    pen.text((40, 34), "My rota, week 47", font=large, fill="white")
    for place, (day, words, colour) in enumerate(SHIFTS):
        top = 165 + place * 138
        pen.text((40, top + 38), day, font=small, fill="#5d5a6e")
        pen.rounded_rectangle((150, top, SIZE[0] - 40, top + 116), 18, fill=colour)
        pen.text((176, top + 26), words, font=large, fill="white" if colour == "#3d3a6b" else "#242130")
        pen.rectangle((SIZE[0] - 40, top, SIZE[0], top + 116), fill="#faf9fc")
    file = BytesIO()
    screen.save(file, "PNG")
    return file.getvalue()
