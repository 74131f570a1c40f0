"""Mail goes out after the commit, as a file or by SMTP, and never when the work failed."""

import email
import re
from dataclasses import replace
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from portal.accounts import mailing
from portal.database import db


class Inbox:
    """What a mail server got."""

    def __init__(self):
        self.got = []

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802
        self.got.append((envelope.mail_from, envelope.rcpt_tos, email.message_from_bytes(envelope.content)))
        return "250 OK"


@pytest.fixture
def inbox(free_port):
    handler = Inbox()
    server = Controller(handler, hostname="127.0.0.1", port=free_port)
    server.start()
    handler.port = free_port
    yield handler
    server.stop()


@pytest.fixture
def free_port():
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def by_smtp(app, monkeypatch):
    """Send by SMTP to this port."""

    def use(port):
        state = mailing.Mail.init_mail(
            mailing.configuration(
                replace(app.extensions["settings"], mail="smtp", smtp_port=port, smtp_tls="none")
            )
        )
        monkeypatch.setitem(app.extensions, "mailman", state)

    return use


def test_nothing_is_sent_before_it_is_delivered(app, mails):
    mailing.post("a@example.com", "Hello", "First.\n\nSecond.")
    assert mails() == []
    assert mailing.deliver()
    assert [mail["Subject"] for mail in mails()] == ["Hello"]
    assert mailing.deliver()
    assert len(mails()) == 1


def test_what_failed_takes_its_mail_along(app, mails):
    mailing.post("a@example.com", "Hello", "First.")
    db.session.rollback()
    mailing.forget()
    mailing.deliver()
    mailing.post("a@example.com", "Hello", "First.")
    db.session.remove()
    mailing.deliver()
    assert mails() == []


def test_the_html_says_what_the_text_says():
    html = mailing.as_html("Hello <Ines> & co,\n\nopen\nhttps://x.example/a?b=1&c=2\n\nBye")
    assert "<p>Hello &lt;Ines&gt; &amp; co,</p>" in html
    assert '<a href="https://x.example/a?b=1&amp;c=2">' in html
    assert "open<br>" in html


def test_by_smtp(app, inbox, by_smtp):
    by_smtp(inbox.port)
    mailing.post("a@example.com", "Grüße", "Hello.")
    assert mailing.deliver()
    ((sender, to, mail),) = inbox.got
    assert (sender, to) == ("community@localhost.localdomain", ["a@example.com"])
    assert mail["From"] == "Test Community <community@localhost.localdomain>"
    assert [part.get_content_type() for part in mail.walk()][1:] == ["text/plain", "text/html"]


def test_a_server_that_is_away_is_no_crash(app, free_port, by_smtp):
    by_smtp(free_port)
    mailing.post("a@example.com", "Hello", "Hello.")
    assert not mailing.deliver()


def test_a_line_break_in_a_subject_makes_no_header_and_keeps_no_mail_back(app, mails):
    mailing.post("a@example.com", "Hello\nBcc: b@example.com\r\n\u2028\x0bX-Other: c", "Hello.")
    assert mailing.deliver()
    (mail,) = mails()
    assert mail["Subject"] == "Hello Bcc: b@example.com X-Other: c"
    assert mail["To"] == "a@example.com"
    assert "Bcc" not in mail
    assert "X-Other" not in mail


MAILS = {
    "portal/accounts/mailbox/views.py": "asked for: an address is confirmed, or was changed",
    "portal/accounts/erasing.py": "asked for: the account was deleted",
    "portal/ideas/vouched/views.py": "news: not sent to who wants none by mail",
    "portal/crm_bridge/rules/cli.py": "to staff",
    "portal/crm_bridge/alarms/alarming.py": "to staff",
    "portal/transfer/saved/delivering.py": "to staff",
}


def test_of_each_mail_it_was_decided_whether_it_is_news():
    """Beside these, Flask-Security sends what was asked for: confirming an address, a new password. Whoever adds a mail says
    here what it is; news asks for `mail_opt_out_at` first."""
    sends = {
        path.as_posix(): path.read_text(encoding="utf-8")
        for path in Path("portal").rglob("*.py")
        if re.search(
            r"\b(mailing[.]post(_last)?|(?<!def )post)[(](str[(])?\w", path.read_text(encoding="utf-8")
        )
        and "mailing" in path.read_text(encoding="utf-8")
    }
    assert set(sends) == set(MAILS)
    for path, kind in MAILS.items():
        assert kind.startswith("news") == ("mail_opt_out_at" in sends[path]), path
