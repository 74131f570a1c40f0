"""The cells of a table: names of columns, dates and mail addresses; nothing is guessed."""

from datetime import UTC, datetime

import pytest

from portal.transfer.tables.checking import BadValue, Fields
from portal.transfer.tables.mapping import plain_name


@pytest.mark.parametrize(
    "name", ["ideaTitle", "Idea title", "idea.title", " IDEA_TITLE* ", "\ufeffidea-title"]
)
def test_a_column_is_known_however_it_is_written(name):
    assert plain_name(name) == "idea_title"


def moment(text, dates=""):
    return Fields({"at": text}, {}, dates).moment("at")


@pytest.mark.parametrize(
    ("text", "dates", "means"),
    [
        ("2024-01-31", "", datetime(2024, 1, 31, tzinfo=UTC)),
        ("2024-01-31 20:05:12 UTC", "", datetime(2024, 1, 31, 20, 5, 12, tzinfo=UTC)),
        ("2024-01-31 20:05:12 +0100", "", datetime(2024, 1, 31, 19, 5, 12, tzinfo=UTC)),
        ("2024-01-31T20:05:12.5Z", "", datetime(2024, 1, 31, 20, 5, 12, 500_000, tzinfo=UTC)),
        ("31/01/2024", "dd/mm/yyyy", datetime(2024, 1, 31, tzinfo=UTC)),
        ("01/02/2024 08:00", "mm/dd/yyyy", datetime(2024, 1, 2, 8, tzinfo=UTC)),
        ("", "", None),
    ],
)
def test_dates_are_read_as_they_were_meant(text, dates, means):
    assert moment(text, dates) == means


@pytest.mark.parametrize(
    "text",
    [
        "01/02/2024",
        "2024-02-30",
        "yesterday",
        "0001-01-01",
        "9999-12-31",
        "1700000000",
        "2024-01-31 25:00",
        "٢٠٢٤-٠١-٠١",
    ],
)
def test_no_date_is_guessed(text):
    with pytest.raises(BadValue):
        moment(text)


@pytest.mark.parametrize(
    "text", ["x@", "@x.example", "a b@c.example", "a@b", "<a@b.example>", "a@b.example, c@d.example"]
)
def test_what_is_no_mail_address_is_refused(text):
    with pytest.raises(BadValue):
        Fields({"m": text}, {}).mail("m")
