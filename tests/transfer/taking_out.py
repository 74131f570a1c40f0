"""Reading exported files back, for tests: each table as a list of dictionaries."""

import csv
import io
import json
import zipfile

import openpyxl


def tables_of(name, data):
    """{table: rows} of a file with this name; a single CSV or JSON table is called ""."""
    if name.endswith(".zip"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return {each.removesuffix(".csv"): _csv(archive.read(each)) for each in archive.namelist()}
    if name.endswith(".xlsx"):
        book = openpyxl.load_workbook(io.BytesIO(data))
        return {sheet.title.lower(): _rows(sheet) for sheet in book}
    if name.endswith(".json"):
        read = json.loads(data)
        return read if isinstance(read, dict) else {"": read}
    return {"": _csv(data)}


def _csv(data):
    return list(csv.DictReader(io.StringIO(data.decode(), newline="")))


def _rows(sheet):
    if sheet.max_row < 2:
        return []
    heading, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(heading, row, strict=True)) for row in rows]


def file_of(answer):
    """The only table of a downloaded file."""
    assert answer.status_code == 200, answer.text
    name = answer.headers["Content-Disposition"].partition("filename=")[2]
    return next(iter(tables_of(name, answer.data).values()))
