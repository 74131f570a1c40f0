"""Picturing in the demo: screens, drawn here, stand in a comment of the one who wrote an idea and in a piece of news."""

from collections.abc import Callable, Mapping
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
WORDS = "This is my rota today, with the text at 200 %:\n\n{}"
SIZE = (780, 1000)
SHIFTS = (
    ("Mon", "Early  06:00-14:00 H", "#c9d7f8"),
    ("Tue", "Early  06:00-14:00 H", "#c9d7f8"),
    ("Wed", "Night  22:00-06:30 H", "#3d3a6b"),
    ("Thu", "Free", "#e9e8ee"),
    ("Fri", "Late, Harbour Offic", "#f6ddb0"),
    ("Sat", "Late, Harbour Offic", "#f6ddb0"),
)
HOURS = (
    ("06:00 - 20:00", "As it was", 1.0),
    ("20:00 - 22:00", "Quiet", 0.25),
    ("22:00 - 06:00", "Off: a light blinks", 0.0),
)


def picture(things: Mapping[tuple[str, str], Any], storage: Storage) -> None:
    """Let the author of an idea show what they mean. Nothing where the idea is not told."""
    idea = next((each for each in things.values() if isinstance(each, Idea) and each.title == TITLE), None)
    author = db.session.scalar(sa.select(Person).where(Person.id == idea.author_id)) if idea else None
    if idea and author:
        writing.write(idea, by=author, body=WORDS.format(line_of("rota", by=author, storage=storage)))


def line_of(name: str, *, by: Person, storage: Storage) -> str:
    """Upload a picture as this person; the line of Markdown that shows it."""
    draw, says = PICTURES[name]
    file = BytesIO()
    draw().save(file, "PNG")
    image = uploading.upload(encoding.encode(file.getvalue()), by=by, storage=storage)
    return f"![{says}](/images/{image.name})"


def _rota() -> Image.Image:
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
    return screen


def _sound() -> Image.Image:
    screen = Image.new("RGB", (1200, 620), "#f4f3f8")
    pen, large, small = ImageDraw.Draw(screen), ImageFont.load_default(44), ImageFont.load_default(32)
    pen.rounded_rectangle((40, 40, 1160, 580), 24, fill="white", outline="#d9d6e4", width=3)
    pen.text((90, 76), "Terminals: sound", font=large, fill="#242130")
    for place, (hours, says, loud) in enumerate(HOURS):
        top = 180 + place * 130
        pen.text((90, top), hours, font=large, fill="#242130")
        pen.text((90, top + 54), says, font=small, fill="#5d5a6e")
        pen.rounded_rectangle((560, top + 30, 1080, top + 46), 8, fill="#e2e0ea")
        end = 560 + int(520 * loud)
        if loud:
            pen.rounded_rectangle((560, top + 30, end, top + 46), 8, fill="#4b3fb5")
        pen.ellipse((end - 22, top + 16, end + 22, top + 60), fill="#4b3fb5" if loud else "#8b8799")
    return screen


PICTURES: dict[str, tuple[Callable[[], Image.Image], str]] = {
    "rota": (_rota, "A rota on a phone. Names and hours run out of their boxes and are cut off."),
    "sound": (
        _sound,
        "The page of terminals: the sound stands at full by day, at a quarter in the evening, and is off at night.",
    ),
}
"""What is drawn, and what it shows in words."""
