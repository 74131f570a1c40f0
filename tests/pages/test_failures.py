"""Every refusal says what to do, and what was typed comes back."""

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from portal.database import db


def test_an_unknown_address_is_404(as_):
    answer = as_().get("/nowhere")
    assert answer.status_code == 404
    assert "There is nothing here" in answer.text


@pytest.fixture
def lose(app):
    """`lose()`: the database goes away, every statement fails from then on."""

    def fail(*_any):
        raise sa.exc.OperationalError("SELECT", {}, Exception("connection lost"))

    yield lambda: event.listen(db.engine, "before_cursor_execute", fail)
    event.remove(db.engine, "before_cursor_execute", fail)


@pytest.mark.parametrize("who", ["stranger", "customer"])
def test_a_lost_database_is_503_also_for_somebody_signed_in(as_, cast, lose, who):
    browser = as_(cast[who])
    lose()
    answer = browser.get("/ideas/")
    assert answer.status_code == 503
    assert "Everything that was saved before is safe" in answer.text
    assert answer.headers["Retry-After"]
