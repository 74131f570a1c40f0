"""Images that stand in no text go after a day; a killed process loses none of which a row speaks."""

from datetime import UTC, timedelta

import pytest

from portal import clock
from portal.activity.reading import never
from portal.database import db
from portal.discussion.images import uploading, views
from portal.discussion.images.models import Image
from portal.ideas.submitting import submit
from tests.discussion.images.sending import line_of


def test_what_stands_in_no_text_goes_after_a_day_but_not_out_of_a_draft(
    app, make, cast, rows, folder, catch_up
):
    storage = app.extensions["images"]
    lone, kept, drafted, new = (make.image(cast.customer) for _ in range(4))
    new.unused_since = clock.now() - timedelta(hours=23)
    submit(board=make.board(), by=cast.customer, title="A rota", body=line_of(kept))
    make.draft(cast.customer, fields={"title": ["x"], "body": [line_of(drafted)]})
    gone = lone.id
    assert uploading.left_lying(storage) == set()
    views._sweep(never)
    assert {each.id for each in db.session.query(Image)} == {kept.id, drafted.id, new.id}
    assert db.session.get(Image, gone) is None
    assert len(list(folder.rglob("*.webp"))) == 6
    assert uploading.sweep() == set()


@pytest.mark.parametrize("killed", ["before the rows are gone", "before the files are gone"])
def test_a_killed_process_loses_no_picture_of_which_a_row_speaks(
    app, make, cast, rows, folder, killed, monkeypatch
):
    class Killed(BaseException):
        pass

    def die(*_any):
        raise Killed

    make.image(cast.customer)
    with monkeypatch.context() as patch:
        if killed == "before the rows are gone":
            patch.setattr(db.session, "commit", die)
        else:
            patch.setattr(uploading, "remove_files", die)
        with pytest.raises(Killed):
            views._sweep(never)
    db.session.rollback()
    assert len(list(folder.rglob("*.webp"))) == 2
    assert rows(Image) == (1 if killed == "before the rows are gone" else 0)
    # The next looks find what is left, each in its part of the files.
    with clock.at(clock.now().fromtimestamp(int(image_part(folder)) * 60, tz=UTC)):
        views._sweep(never)
    assert len(list(folder.rglob("*.webp"))) == (2 if rows(Image) else 0)


def image_part(folder):
    (path, _other) = folder.rglob("*.webp")
    return int(path.parent.name, 16)
