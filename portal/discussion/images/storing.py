"""Where the files of images are kept: behind a small interface, of which a folder is the first kind."""

import os
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from portal.errors import Refusal

SIZES = ("reading", "small")
PARTS = 256


class NoRoom(Refusal):
    """The file cannot be kept now."""

    status = 503
    title = "There is no room for the picture"


class Storage(Protocol):
    """Files by the digest of their content and a size. What is put there twice is there once."""

    def put(self, digest: str, size: str, data: bytes) -> None:
        """Keep a file, whole or not at all. Raises NoRoom."""

    def read(self, digest: str, size: str) -> bytes | None:
        """The file; None when there is none."""

    def delete(self, digest: str) -> None:
        """Remove all sizes, if they are there."""

    def digests(self, part: int) -> Iterable[str]:
        """Of what there are files, in one of PARTS parts of all."""


class Folder:
    """Files in a folder of the instance, under the first two letters of their digest."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, digest: str, size: str, data: bytes) -> None:
        """Written beside the place and moved there when it is complete."""
        path, draft = self._path(digest, size), None
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as file:
                draft = file.name
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(draft, path)
        except OSError as error:
            if draft:
                with suppress(OSError):
                    os.unlink(draft)
            raise NoRoom(
                "The picture cannot be kept now, because our disk does not take it. Your text is not touched: "
                "post it without the picture, or try again in a while."
            ) from error

    def read(self, digest: str, size: str) -> bytes | None:
        """The file; None when there is none."""
        try:
            return self._path(digest, size).read_bytes()
        except FileNotFoundError:
            return None

    def delete(self, digest: str) -> None:
        """Remove all sizes, if they are there."""
        for size in SIZES:
            self._path(digest, size).unlink(missing_ok=True)

    def digests(self, part: int) -> Iterable[str]:
        """Of what there are files, in one of PARTS parts of all: the folder of these two letters."""
        return {each.name.partition("-")[0] for each in (self.root / f"{part:02x}").glob("[!.]*.webp")}

    def _path(self, digest: str, size: str) -> Path:
        return self.root / digest[:2] / f"{digest}-{size}.webp"
