"""Rows of the two tables of a Polis export, with their values checked."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from portal.transfer.opening import Archive, Unsafe
from portal.transfer.reporting import Report

VALUES = {"1": 1, "-1": -1, "0": 0}
REJECTED = "-1"
LONGEST_CELL = 100_000
LARGEST_ID = 10**9


@dataclass(frozen=True)
class Statement:
    """What a participant said, for others to agree or disagree with."""

    key: int
    author: int
    at: datetime
    text: str
    rejected: bool


@dataclass(frozen=True)
class Ballot:
    """That a participant agreed (1), disagreed (-1) or passed (0)."""

    statement: int
    voter: int
    at: datetime
    value: int


def statements(archive: Archive, report: Report) -> Iterator[Statement]:
    """The statements of comments.csv; rows that cannot be used go into the report."""
    needed = {"timestamp", "comment-id", "author-id", "moderated", "comment-body"}
    for line, row in _rows(archive, "comments.csv", needed, report):
        try:
            text = row["comment-body"].strip()
            if not text:
                raise ValueError("comment-body is missing")
            numbers = _id(row, "comment-id"), _id(row, "author-id"), _moment(row)
            yield Statement(*numbers, text, row["moderated"].strip() == REJECTED)
        except ValueError as error:
            report.refuse("comments.csv", f"line {line}", str(error))


def ballots(archive: Archive, report: Report) -> Iterator[Ballot]:
    """The rows of votes.csv, in the order of the file."""
    needed = {"timestamp", "comment-id", "voter-id", "vote"}
    for line, row in _rows(archive, "votes.csv", needed, report):
        try:
            value = VALUES.get(row["vote"].strip())
            if value is None:
                raise ValueError("vote is none of 1, 0, -1")
            yield Ballot(_id(row, "comment-id"), _id(row, "voter-id"), _moment(row), value)
        except ValueError as error:
            report.refuse("votes.csv", f"line {line}", str(error))


def _rows(
    archive: Archive, name: str, needed: set[str], report: Report
) -> Iterator[tuple[int, dict[str, str]]]:
    csv.field_size_limit(LONGEST_CELL)
    with archive.open(name) as stream:
        reader = csv.DictReader(io.TextIOWrapper(stream, "utf-8-sig", newline=""), restval="")
        try:
            missing = needed - set(reader.fieldnames or ())
            if missing:
                raise Unsafe(
                    f"{name} has no column {', '.join(sorted(missing))}: this is no export of Polis."
                )
            for row in reader:
                report.read[name.removesuffix(".csv")] += 1
                yield reader.line_num, row
        except (csv.Error, UnicodeDecodeError) as error:
            raise Unsafe(f"{name} cannot be read as UTF-8 CSV: {error}") from error


def _id(row: dict[str, str], name: str) -> int:
    text = row[name].strip()
    if not (text.isascii() and text.isdigit()) or int(text[:12]) >= LARGEST_ID:
        raise ValueError(f"{name} is no usable number")
    return int(text)


def _moment(row: dict[str, str]) -> datetime:
    """Milliseconds since 1970."""
    text = row["timestamp"].strip()
    if not (text.isascii() and text.isdigit() and len(text) < 15):
        raise ValueError("timestamp is no usable number")
    return datetime.fromtimestamp(int(text) / 1000, UTC)
