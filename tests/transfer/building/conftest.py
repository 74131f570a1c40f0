"""An idea that is wanted, and what a product manager takes out."""

import pytest

from portal.database import db
from portal.transfer import exporting
from portal.voting import casting
from portal.voting.models import Vote
from tests.transfer.taking_out import tables_of


@pytest.fixture
def idea(make, cast):
    """Wanted by three people of two companies, one of them critically."""
    board = make.board(name="Mobile", importance=True)
    idea = make.idea(author=cast.customer, title="Offline mode", board=board)
    for person in (cast.customer, cast.other_customer, make.person(name="Col League", company=cast.company)):
        casting.cast(idea, by=person)
    vote = db.session.query(Vote).filter_by(person_id=cast.other_customer.id).one()
    vote.importance = 3
    cast.company.segment, cast.other_company.segment = "Utilities", "Food"
    db.session.commit()
    return idea


@pytest.fixture
def take(tmp_path, cast):
    """`take(Export(…))`: its tables, as a product manager takes them out."""

    def take(export, viewer=None):
        db.session.commit()
        path, _ = exporting.packed(export, viewer=viewer or cast.product_manager, folder=tmp_path)
        found = tables_of(path.name, path.read_bytes())
        path.unlink()
        return found

    return take
