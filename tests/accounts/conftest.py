"""Mail as it was delivered, and people with a password."""

import email
import re
from dataclasses import replace
from email import policy
from pathlib import Path

import pytest
from flask_security import hash_password

from portal import pages
from portal.app import create_app
from portal.database import db
from tests.cast import hash_cheaply

PASSWORD = "three grey herons"


@pytest.fixture
def mails(settings):
    """`mails()` is every mail that was written since the test began, in order; `mails(to)` those to one address."""
    folder = Path(settings.folder / "mail")
    before = set(folder.glob("*.eml"))

    def read(to=None):
        new = sorted(set(folder.glob("*.eml")) - before)
        found = [email.message_from_bytes(path.read_bytes(), policy=policy.default) for path in new]
        return [each for each in found if to in (None, each["To"])]

    return read


@pytest.fixture
def link_in():
    """The path of the only link in a mail."""

    def find(mail):
        text = mail.get_body(("plain",)).get_content()
        (link,) = re.findall(r"http://localhost(/\S+)", text)
        return link

    return find


@pytest.fixture(scope="session")
def hashed(_built):
    with _built.app_context():
        return hash_password(PASSWORD)


@pytest.fixture
def with_password(hashed):
    """Give somebody the password."""

    def give(person):
        person.password = hashed
        db.session.commit()
        return person

    return give


@pytest.fixture(scope="session")
def _counting(_built, settings):
    made = create_app(replace(settings, rate_limits=True))
    made.test_client_class = _built.test_client_class
    made.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False, WTF_CSRF_ENABLED=False)
    hash_cheaply(made)
    pages.limiter.enabled = False
    return made


@pytest.fixture
def limited(app, _counting):
    """Browsers of strangers at a portal that counts tries; each has an address of its own."""

    def browser(address="192.0.2.1"):
        client = _counting.test_client()
        client.environ_base["REMOTE_ADDR"] = address
        return client

    pages.limiter.enabled = True
    yield browser
    with _counting.app_context():
        pages.limiter.reset()
        db.engine.dispose()
    pages.limiter.enabled = False
