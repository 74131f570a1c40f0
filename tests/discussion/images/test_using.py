"""Images in texts: only our own, seen by whoever may read the text."""

from portal import clock, markup
from portal.database import db
from portal.discussion import editing, writing
from portal.discussion.images.models import ImageUse
from portal.ideas import deciding
from portal.ideas.audiences.queries import Chosen
from portal.ideas.changelog import writing as changelog
from portal.ideas.changelog.publishing import publish
from portal.ideas.plans import planning
from portal.ideas.submitting import submit
from tests.discussion.images.sending import EVERYBODY, line_of, only_image, wrong


def test_only_our_own_images_are_shown():
    ours = f"/images/{'k' * 22}-800x600"
    html = markup.cook(f"![A rota]({ours})").html
    for fact in (f'src="{ours}"', 'alt="A rota"', 'width="800"', 'height="600"', 'loading="lazy"'):
        assert fact in html
    others = (
        "https://evil.example/x.png", "//evil.example/images/x", f"https://evil.example{ours}", "/images/short-1x1",
        f"{ours}?x=1", f"{ours}/../../admin", f"/images/{'k' * 22}-0x600", "/people/1", f"/\\evil.example{ours}",
        f"/images/{'k' * 22}-800x600000",
    )  # fmt: skip
    for other in others:
        assert "<img" not in markup.cook(f"![x]({other})").html, other
    assert "onerror" not in markup.clean(f'<img src="{ours}" onerror="alert(1)">').html


def test_whoever_may_read_a_text_sees_its_images(make, cast, readers):
    image, board = make.image(cast.customer), make.board()
    assert readers(image) == {"customer"}
    idea = submit(board=board, by=cast.customer, title="A rota", body=f"See {line_of(image)}")
    db.session.commit()
    assert readers(image) == EVERYBODY
    assert only_image().unused_since is None
    idea.hidden_at = clock.now()
    db.session.commit()
    assert readers(image) == {"customer", "moderator"}
    idea.hidden_at, board.audience = None, "staff"
    db.session.commit()
    assert readers(image) == {"customer", "moderator"}


def test_topics_replies_comments_answers_and_notes_have_images(make, cast, readers):
    idea, topic = make.idea(), make.topic(author=cast.customer)
    images = [make.image(cast.customer) for _ in range(3)]
    staffs = [make.image(cast.product_manager) for _ in range(2)]
    editing.edit(topic, by=cast.customer, title=topic.title, body=line_of(images[0]))
    writing.write(topic, by=cast.customer, body=line_of(images[1]))
    post = writing.write(idea, by=cast.customer, body=line_of(images[2]))
    deciding.answer(idea, by=cast.product_manager, body=line_of(staffs[0]))
    planning.note(idea, by=cast.product_manager, body=line_of(staffs[1]))
    db.session.commit()
    assert [readers(each) for each in images] == [EVERYBODY] * 3
    assert readers(staffs[0]) == EVERYBODY
    assert readers(staffs[1]) == {"moderator"}
    post.hidden_at = clock.now()
    db.session.commit()
    assert readers(images[2]) == {"customer", "moderator"}
    assert wrong() == []


def test_whoever_knows_an_address_alone_shows_nothing_with_it(make, cast, readers, rows):
    image = make.image(cast.customer)
    submit(board=make.board(), by=cast.other_customer, title="Look at this", body=line_of(image))
    db.session.commit()
    assert rows(ImageUse) == 0
    assert readers(image) == {"customer"}


def test_a_moderator_who_edits_keeps_the_images(make, cast, readers, rows):
    image = make.image(cast.customer)
    idea = submit(board=make.board(), by=cast.customer, title="A rota", body=line_of(image))
    db.session.commit()
    editing.edit(idea, by=cast.moderator, title=idea.title, body=f"{line_of(image)} Made short.")
    db.session.commit()
    assert readers(image) == EVERYBODY
    editing.edit(idea, by=cast.customer, title=idea.title, body="No picture any more.")
    db.session.commit()
    assert readers(image) == {"customer"}
    assert only_image().unused_since is not None
    assert rows(ImageUse) == 0


def test_an_entry_of_the_changelog_shows_its_images_to_its_readers(make, cast, readers, as_):
    image, writer = make.image(cast.product_manager), cast.product_manager
    entry = changelog.write(by=writer, title="Shipped", body=line_of(image), audience="public")
    db.session.commit()
    assert readers(image) == set()
    assert as_(cast.admin).get(f"/images/{image.name}").status_code == 200
    assert only_image().unused_since is None
    publish(entry, by=writer)
    db.session.commit()
    assert readers(image) == EVERYBODY
    assert line_of(image).partition("(")[2].rstrip(")") in as_(None).get("/changelog/feed.atom").text
    words = {"title": "Shipped", "kinds": (), "by": writer}
    ours = Chosen(companies=frozenset({cast.company.id}))
    changelog.change(entry, body=line_of(image), audience="companies", chosen=ours, **words)
    db.session.commit()
    assert readers(image) == {"customer", "moderator"}
    changelog.change(entry, body="Without.", audience="public", chosen=ours, **words)
    db.session.commit()
    assert readers(image) == set()
    assert only_image().unused_since is not None
    assert not wrong()


def test_the_next_answer_leaves_the_images_of_earlier_versions(make, cast, readers):
    idea, image = make.idea(), make.image(cast.product_manager)
    deciding.answer(idea, by=cast.product_manager, body=line_of(image))
    deciding.answer(idea, by=cast.product_manager, body="Without.")
    db.session.commit()
    assert "stranger" in readers(image)


def test_the_audit_finds_what_is_wrong(make, cast, rows):
    image = make.image(cast.customer)
    submit(board=make.board(), by=cast.customer, title="A rota", body=line_of(image))
    db.session.commit()
    assert wrong() == []
    image.unused_since = clock.now()
    db.session.commit()
    assert [f"image {image.id}:" in each for each in wrong()] == [True]


def test_a_text_without_images_costs_no_query_more(make, cast, at_most):
    idea = make.idea()
    db.session.refresh(idea)
    _ = cast.customer.id
    with at_most(queries=12) as seen:
        writing.write(idea, by=cast.customer, body="No picture")
    assert not [each for each in seen if "image" in each]
