"""What becomes of an idea reaches those of the ideas that were merged into it."""

from portal.database import db
from portal.ideas.deciding import change_status
from portal.ideas.merging.joining import merge
from portal.notifications.models import Notice
from portal.voting import casting


def test_authors_and_voters_of_a_merged_idea_are_told_once(make, cast, tell_now):
    board = make.board()
    source = make.idea(board=board, author=cast.moderator)
    target = make.idea(board=board, author=cast.admin)
    for idea in (source, target):
        casting.cast(idea, by=cast.customer)
    casting.cast(source, by=cast.other_customer)
    db.session.commit()
    merge(source, target, by=cast.product_manager)
    db.session.commit()
    change_status(target, to="shipped", by=cast.product_manager)
    tell_now()
    told = sorted(each.person_id for each in db.session.query(Notice).filter_by(idea_id=target.id))
    assert told == sorted(
        each.id for each in (cast.moderator, cast.admin, cast.customer, cast.other_customer)
    )
