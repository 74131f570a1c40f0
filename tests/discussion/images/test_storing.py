"""The same content is one file, however often and by whomever it was sent."""

import threading
from datetime import timedelta

from portal import clock
from portal.activity.reading import never
from portal.database import db
from portal.discussion.images import views
from portal.discussion.images.models import Image
from tests.discussion.images.sending import only_image, sent
from tests.discussion.pictures import file_of


def test_the_same_picture_is_kept_once_and_nobody_learns_that_others_have_it(as_, cast, rows, folder):
    for _ in range(2):
        sent(as_(cast.customer), file_of())
    assert rows(Image) == 1
    sent(as_(cast.other_customer), file_of())
    assert rows(Image) == 2
    assert len(list(folder.rglob("*.webp"))) == 2
    names = [each.name for each in db.session.query(Image).order_by(Image.id)]
    assert names[0][:22] != names[1][:22]
    assert as_(cast.customer).get(f"/images/{names[1]}").status_code == 404


def test_many_at_once_are_all_kept_once(app, as_, cast, rows):
    browsers, answers = [as_(cast.customer) for _ in range(3)], []
    db.session.commit()

    def send(browser):
        with app.app_context():
            answers.append(sent(browser, file_of()).status_code)

    threads = [threading.Thread(target=send, args=(each,)) for each in browsers]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert answers == [200] * 3
    assert rows(Image) == 1


def test_a_file_stays_while_anybody_has_its_content(app, as_, cast, folder, rows):
    for who in (cast.customer, cast.other_customer):
        sent(as_(who), file_of())
    first = db.session.query(Image).order_by(Image.id).first()
    first.unused_since = clock.now() - timedelta(days=2)
    views._sweep(never)
    assert rows(Image) == 1
    assert as_(cast.other_customer).get(f"/images/{only_image().name}").status_code == 200
