"""What becomes of an idea reaches those of the ideas that were merged into it."""

from portal.database import db
from portal.ideas.deciding import change_status
from portal.ideas.merging.joining import merge
from portal.notifications import following
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


def test_who_said_stop_before_or_after_a_merge_is_not_told_and_who_follows_again_is(make, cast, tell_now):
    """Each voted on the idea that was merged. One said stop there, one after it on the other, one took the stop back."""
    board = make.board()
    source, target = (make.idea(board=board, author=cast.moderator) for _ in range(2))
    before, after, again, never = (make.person(name=name) for name in ("Bea", "Alf", "Aga", "Nele"))
    for who in (before, after, again, never):
        casting.cast(source, by=who)
    for who in (before, again):
        following.stop(source, by=who)
    db.session.commit()
    merge(source, target, by=cast.product_manager)
    following.stop(target, by=after)
    following.follow(target, by=again)
    db.session.commit()
    change_status(target, to="planned", by=cast.product_manager)
    tell_now()
    told = {each.person_id for each in db.session.query(Notice).filter_by(idea_id=target.id)}
    assert told == {again.id, never.id, cast.moderator.id}
