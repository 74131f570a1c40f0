"""Sending a picture, its line in a text, and what the audit finds."""

from io import BytesIO

from portal.activity.auditing import audit_all
from portal.database import db
from portal.discussion.images.models import Image


def sent(browser, data, name="picture.png", **more):
    return browser.post("/images/", data={"image": (BytesIO(data), name)} | more)


def only_image():
    db.session.expire_all()
    return db.session.query(Image).one()


def line_of(image, alt="A rota"):
    return f"![{alt}](/images/{image.name})"


EVERYBODY = {"customer", "other_customer", "moderator", "stranger"}


def wrong():
    """What the audit of images finds."""
    return next(each for each in audit_all() if each.name == "uses of images").differences
