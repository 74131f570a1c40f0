"""Opening what somebody hands in: a folder or a zip, refused before anything is read when it is a trap."""

import stat
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from portal.errors import Refusal

LARGEST_FILE = 8 * 2**30
LARGEST_RATIO = 200
"""A zip of XML text shrinks to a tenth; what shrinks more than this is made to fill the disk."""


class Unsafe(Refusal):
    """The archive is damaged or made to do harm. Nothing was read from it."""

    status = 422


class Archive:
    """Named files of a folder or a zip. Names are compared without folders and case: "posts.xml"."""

    def __init__(self, path: Path, names: dict[str, str], zipped: zipfile.ZipFile | None) -> None:
        self.path = path
        self._names = names
        self._zip = zipped

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._names

    def size(self, name: str) -> int:
        """Bytes of the file, unpacked; 0 where there is none."""
        if name not in self:
            return 0
        inner = self._names[name.lower()]
        return self._zip.getinfo(inner).file_size if self._zip else (self.path / inner).stat().st_size

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        """The file as a stream of bytes. Raises Unsafe where a zip turns out to be damaged."""
        inner = self._names[name.lower()]
        try:
            stream = self._zip.open(inner) if self._zip else (self.path / inner).open("rb")
            with stream:
                yield stream
        except (zipfile.BadZipFile, NotImplementedError, EOFError) as error:
            raise Unsafe(f"{name} in {self.path.name} cannot be unpacked: {error}") from error


@contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """The archive at a path. Raises Unsafe with the reason, before anything of it is read."""
    if path.is_dir():
        yield Archive(path, _files_of(path), None)
        return
    if not path.exists():
        raise Unsafe(f"There is no file or folder {path}.")
    try:
        with zipfile.ZipFile(path) as zipped:
            yield Archive(path, _members_of(zipped), zipped)
    except zipfile.BadZipFile:
        raise Unsafe(f"{path.name} is neither a folder nor a zip file that can be read.") from None


def _files_of(folder: Path) -> dict[str, str]:
    names: dict[str, str] = {}
    for each in sorted(folder.iterdir()):
        if each.is_symlink():
            raise Unsafe(
                f"{each.name} is a link, and could lead out of the folder. Put the file itself there."
            )
        if each.is_file():
            _add(names, each.name, each.name)
    return names


def _members_of(zipped: zipfile.ZipFile) -> dict[str, str]:
    names: dict[str, str] = {}
    for member in zipped.infolist():
        refuse_trap(member)
        if not member.is_dir():
            _add(names, PurePosixPath(member.filename.replace("\\", "/")).name, member.filename)
    return names


def refuse_trap(member: zipfile.ZipInfo) -> None:
    """Raise Unsafe for a file in a zip that leads out of it, is a link or encrypted, or is made to fill the disk."""
    inner = PurePosixPath(member.filename.replace("\\", "/"))
    if inner.is_absolute() or ".." in inner.parts or ":" in member.filename or "\x00" in member.filename:
        raise Unsafe(f"The name {member.filename!r} in the zip leads out of it.")
    if stat.S_ISLNK(member.external_attr >> 16):
        raise Unsafe(f"{member.filename} in the zip is a link.")
    if member.flag_bits & 1:
        raise Unsafe(f"{member.filename} in the zip is encrypted. Unpack it first.")
    most = max(LARGEST_RATIO * member.compress_size, 2**20)
    if member.file_size > most or member.file_size > LARGEST_FILE:
        raise Unsafe(f"{member.filename} in the zip would unpack to {member.file_size:,} bytes: refused.")


def _add(names: dict[str, str], name: str, inner: str) -> None:
    if name.lower() in names:
        raise Unsafe(f"{name} is there twice, and nobody can tell which one counts.")
    names[name.lower()] = inner
