"""Encoding pictures anew, in a process of its own that may use so much memory and so many seconds and no more.

Nothing of a file that somebody sent is ever given out: its points are read and written again as WebP, without what
cameras and editors put beside them (where, when, whose).
"""

import json
import resource
import subprocess
import sys
import tempfile
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageOps

from portal.errors import Refusal

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
MOST_POINTS = 50_000_000
LONGEST_SIDE = 16_000
READING, SMALL = (1_600, 3_200), (480, 480)
"""Most width and height of a picture as it is read, and as it stands in lists."""
SECONDS = 30
MEMORY = 1_500_000_000
QUALITY = 85
AT_ONCE, WAITING = 1, 2
"""How many pictures each process of the server reads at once, and how many more wait for that."""
PATIENCE = 20
"""Seconds that one waits."""
LATER = "Many people add pictures just now, and yours was not taken. Your text is not touched: add it again in a minute."

_turns = threading.BoundedSemaphore(AT_ONCE)
_places = threading.BoundedSemaphore(AT_ONCE + WAITING)


class NotAPicture(Refusal):
    """The file is no picture that we take."""

    status = 422
    title = "This picture cannot be used"


@dataclass(frozen=True)
class Encoded:
    """A picture in our encoding, as it is read and small."""

    reading: bytes
    small: bytes
    width: int
    height: int


class Busy(Refusal):
    """Others have the turn."""

    status = 503
    title = "We are busy with other pictures"


@contextmanager
def _turn() -> Iterator[None]:
    """The turn of this thread; few wait for theirs, so that others still answer who only reads."""
    if not _places.acquire(blocking=False):
        raise Busy(LATER)
    try:
        if not _turns.acquire(timeout=PATIENCE):
            raise Busy(LATER)
        try:
            yield
        finally:
            _turns.release()
    finally:
        _places.release()


def encode(data: bytes) -> Encoded:
    """The picture in a file that somebody sent. Raises NotAPicture with a sentence that says what would do, Busy when
    too many are sent at once."""
    with _turn():
        return _encoded(data)


def _encoded(data: bytes) -> Encoded:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", __name__, folder]
        root = str(Path(__file__).parents[3])
        try:
            done = subprocess.run(command, input=data, capture_output=True, timeout=SECONDS, cwd=root)
            said = json.loads(done.stdout)
        except (subprocess.TimeoutExpired, ValueError):
            raise NotAPicture(
                "This picture takes too long to read, or is damaged. Save it again in another program, "
                "smaller if you can, and try that one."
            ) from None
        if "refused" in said:
            raise NotAPicture(said["refused"])
        reading, small = (Path(folder, name).read_bytes() for name in ("reading", "small"))
    return Encoded(reading, small, said["width"], said["height"])


def _read(data: bytes) -> Image.Image:
    """The first picture in the file, upright. Its measures are looked at before its points are."""
    # The check below is stricter, and says what is wrong.
    Image.MAX_IMAGE_PIXELS = None
    try:
        picture: Image.Image = Image.open(BytesIO(data), formats=FORMATS)
    except Exception:
        raise NotAPicture(
            "This is no picture that we can read. Take a JPEG, PNG, WebP or GIF file."
        ) from None
    width, height = picture.size
    if max(width, height) > LONGEST_SIDE or width * height > MOST_POINTS:
        raise NotAPicture(
            f"This picture measures {width:,} × {height:,} points; {MOST_POINTS // 1_000_000} million fit, and "
            f"{LONGEST_SIDE:,} on a side. Make it smaller and try again."
        )
    picture.draft("RGB", (READING[0] * 2, READING[1] * 2))
    try:
        picture.load()
    except Exception:
        raise NotAPicture(
            "This picture is damaged or cut off. Save it again in another program and try that one."
        ) from None
    return ImageOps.exif_transpose(picture)


def _plain(picture: Image.Image) -> Image.Image:
    """Its points alone, with transparency where there is some."""
    clear = "A" in picture.getbands() or "transparency" in picture.info
    points = picture.convert("RGBA" if clear else "RGB")
    points.info = {}
    return points


def _written(picture: Image.Image, most: tuple[int, int]) -> tuple[bytes, tuple[int, int]]:
    """As a file of at most these measures, and the measures it has."""
    copy = picture.copy()
    copy.thumbnail(most, Image.Resampling.LANCZOS)
    file = BytesIO()
    copy.save(file, "WEBP", quality=QUALITY, method=4, exif=b"", xmp=b"", icc_profile=None)
    return file.getvalue(), copy.size


def _main(folder: str) -> dict[str, object]:
    """What the other process does: the picture from its input into files of the folder."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    warnings.simplefilter("ignore")
    try:
        picture = _plain(_read(sys.stdin.buffer.read()))
    except NotAPicture as refusal:
        return {"refused": str(refusal)}
    except MemoryError:
        return {"refused": "This picture is too large for us to read. Make it smaller and try again."}
    reading, (width, height) = _written(picture, READING)
    Path(folder, "reading").write_bytes(reading)
    Path(folder, "small").write_bytes(_written(picture, SMALL)[0])
    return {"width": width, "height": height}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_main(sys.argv[1])))
