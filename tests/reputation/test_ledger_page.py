"""The page that shows how a reputation came about."""

from datetime import timedelta

from portal import clock
from portal.database import db
from portal.reputation import ledger
from portal.reputation.claims import Claim
from portal.reputation.models import ImportedBadge


def earn(person, count):
    for n in range(count):
        ledger.grant(Claim(f"idea_vote:{n}:1", person.id, None, "idea_upvoted", "idea", n))
    db.session.commit()


def test_every_line_is_there_with_its_reversal(as_, cast):
    earn(cast.customer, 1)
    ledger.reverse("idea_vote:0:1", actor_id=None, reason="vote withdrawn")
    page = as_(None).get(f"/people/{cast.customer.id}/reputation").text
    assert page.count("An idea was voted for") == 2
    assert "vote withdrawn" in page
    assert "0 points" in page


def test_a_long_ledger_is_paged(as_, cast, at_most):
    earn(cast.customer, 60)
    path = f"/people/{cast.customer.id}/reputation"
    with at_most(queries=3):
        first = as_(None).get(path).text
    assert first.count("An idea was voted for") == 50
    older = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert as_(None).get(older).text.count("An idea was voted for") == 10


def test_badges_of_an_import_are_kept_apart(as_, make, cast):
    person = make.person(source_system="old.example", source_id="7", imported_reputation=4321)
    for n in range(3):
        db.session.add(
            ImportedBadge(
                person_id=person.id,
                name="Nice Answer",
                grade=3,
                awarded_at=clock.now() - timedelta(days=n),
                source_system="old.example",
                source_id=str(n),
            )
        )
    page = as_(None).get(f"/people/{person.id}/reputation").text
    assert "4321 points and these badges" in page
    assert "Nice Answer × 3" in page
    assert "0 points</h1>" in page


def test_nobody_is_404(as_):
    assert as_(None).get("/people/777/reputation").status_code == 404
