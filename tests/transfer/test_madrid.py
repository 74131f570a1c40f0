"""The proposals of Decide Madrid: every one of the given rows is taken, with its total, its day and its text cleaned."""

import json
import re

import pytest
import sqlalchemy as sa

from portal.accounts.models import Person
from portal.activity.auditing import audit_all
from portal.database import db
from portal.ideas.models import Idea
from portal.markup import HTML_VERSION
from portal.voting.models import Vote
from tests.transfer.bringing import bring, idea
from tests.transfer.dumping import everything

FOLDER = "madrid-proposals-2024-2025"


def number(query):
    return db.session.scalar(query)


def count(*conditions):
    return number(sa.select(sa.func.count()).select_from(Idea).where(*conditions))


def test_a_day_a_total_and_a_text_in_html(app, tmp_path):
    path = tmp_path / "any.txt"
    path.write_text(
        '"id";"title";"description";"cached_votes_up";"created_at";"retired_at"\n'
        '"1";"Bancos";"<p onclick=x>Más <b>bancos</b></p><script>1</script>";"3";"31/01/2024";""\n'
        '"2";"Nada";"";"0";"01/02/2024";"2024-02-03 20:05:12 +0100"\n'
        '"3";"Mañana";"";"0";"2024-13-01";""\n'
        '"4";"Antes";"";"0";"12/31/2024";""\n'
    )
    report = bring("madrid", path)
    assert re.sub(r"\s", "", idea("1").body_html) == "<p>Más<b>bancos</b></p>1"
    assert (idea("1").created_at.isoformat(), idea("1").imported_up) == ("2024-01-31T00:00:00+00:00", 3)
    assert idea("2").locked_at.isoformat() == "2024-02-03T19:05:12+00:00"
    assert idea("1").source_url == "https://decide.madrid.es/proposals/1"
    assert [where for _file, where, _why in report.rows] == ["line 4", "line 5"]


@pytest.mark.shared
def test_every_given_row_is_accounted_for(app, shared, rows):
    expected = json.loads((shared / "data/given/EXPECTED.json").read_text())[FOLDER]
    path = shared / "data/given" / FOLDER / "proposals.csv"
    report = bring("madrid", path)
    assert report.read["ideas"] == report.taken["ideas"] == expected["ideas"]
    assert not report.refused
    assert number(sa.select(sa.func.sum(Idea.imported_up))) == expected["sum_votes"]
    assert count(Idea.imported_up == 0) == expected["zero_votes"]
    assert count(Idea.locked_at.is_not(None)) == expected["retired"]
    assert count(Idea.body == "") == expected["empty_descriptions"]
    assert count(Idea.cooked_with == HTML_VERSION) == expected["html_descriptions"]
    best = sa.select(Idea.source_id, Idea.score, Idea.title).order_by(Idea.score.desc(), Idea.id).limit(10)
    wanted = [[key, votes, " ".join(title.split())] for key, votes, title in expected["top10"]]
    assert [[int(key), votes, title] for key, votes, title in db.session.execute(best)] == wanted
    assert rows(Vote) == rows(Person) == 0
    assert [each for each in audit_all() if each.differences] == []
    before = everything()
    assert bring("madrid", path).known["ideas"] == expected["ideas"]
    assert everything() == before
