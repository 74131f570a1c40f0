"""Mail: posted within a transaction, delivered after it. By default each becomes a file that any mail program opens."""

import logging
import os
import re
import secrets
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from email.parser import BytesHeaderParser
from email.utils import formataddr, getaddresses
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any

import email_validator
import sqlalchemy as sa
from flask_mailman import EmailMultiAlternatives, Mail
from flask_mailman.backends.base import BaseEmailBackend
from flask_mailman.backends.smtp import EmailBackend
from flask_security.mail_util import EmailValidateException, MailUtil
from markupsafe import Markup, escape

from portal import clock
from portal.accounts.burying import sealed, unsealed
from portal.accounts.models import LastMail
from portal.database import db
from portal.settings import Settings

if TYPE_CHECKING:
    from flask import Flask

log = logging.getLogger(__name__)
mail = Mail()
_folders: list[Path] = []
"""Where mails of the portal at work are kept as files; empty where they are sent."""
INVALID = "This is no mail address that we can write to. It should look like name@company.example."
UNTIL_AGAIN = timedelta(minutes=5)
GIVEN_UP = timedelta(days=3)
POSTED, DISCARDED = "letters", "discarded"


@dataclass(frozen=True)
class Letter:
    """A mail that waits for the end of the transaction. `text` holds blank lines between paragraphs; `kept` is its row,
    if it is the last one."""

    to: str
    subject: str
    text: str
    kept: int | None = None


def post(to: str, subject: str, text: str) -> None:
    """Have this mail sent if the transaction succeeds."""
    db.session.info.setdefault(POSTED, []).append(Letter(to, subject, text.strip()))


def post_last(to: str, subject: str, text: str) -> None:
    """The same for the last mail to somebody. It is written down with the transaction, so that it is sent whatever happens
    to this process, and earlier mails that are files go before."""
    discard(to)
    now = clock.now()
    row = LastMail(
        sealed_to=sealed(to), subject=subject, text=text.strip(), posted_at=now, next_at=now + UNTIL_AGAIN
    )
    db.session.add(row)
    db.session.flush()
    db.session.info.setdefault(POSTED, []).append(Letter(to, subject, row.text, row.id))


def discard(address: str) -> None:
    """Have earlier mails to this address, where they are files, removed if the transaction succeeds."""
    db.session.info.setdefault(DISCARDED, []).append(address)


def deliver() -> bool:
    """Send what was posted; to be called after the commit. False when a mail could not be sent (it is logged). After the last
    mail to somebody the caller commits: its row goes."""
    for address in db.session.info.pop(DISCARDED, []):
        _remove_files(address)
    waiting: list[Letter] = db.session.info.pop(POSTED, [])
    results = [_send(letter) for letter in waiting]
    sent = [each.kept for each, got in zip(waiting, results, strict=True) if got and each.kept]
    if sent:
        db.session.execute(sa.delete(LastMail).where(LastMail.id.in_(sent)))
    return all(results)


def deliver_left() -> Iterator[None]:
    """Send last mails that a process left behind, or that a mail server did not take. At each `yield` a transaction must
    end. After some days one is given up: no address is kept for it."""
    while (row := _claim()) is not None:
        letter = Letter(unsealed(row.sealed_to) or "", row.subject, row.text, row.id)
        is_over = not letter.to or clock.now() - row.posted_at > GIVEN_UP
        yield
        _remove_files(letter.to)
        if (letter.to and _send(letter)) or is_over:
            db.session.execute(sa.delete(LastMail).where(LastMail.id == letter.kept))
        yield


def _claim() -> LastMail | None:
    """The next one that is due, which no other process takes for a while."""
    due = sa.select(LastMail).where(LastMail.next_at <= clock.now()).order_by(LastMail.next_at, LastMail.id)
    row = db.session.scalar(due.limit(1).with_for_update(skip_locked=True))
    if row is not None:
        row.next_at = clock.now() + UNTIL_AGAIN
    return row


def forget() -> None:
    """The transaction failed: what was posted in it is not sent."""
    db.session.info.pop(POSTED, None)
    db.session.info.pop(DISCARDED, None)


def _remove_files(address: str) -> None:
    for folder in _folders:
        for path in folder.glob("*.eml"):
            with suppress(OSError):
                headers = BytesHeaderParser().parsebytes(path.read_bytes())
                if address in {each.lower() for _name, each in getaddresses(headers.get_all("to", []))}:
                    path.unlink()


def _send(letter: Letter) -> bool:
    try:
        # A title that came with an import may have line breaks; a header may not.
        subject = " ".join(letter.subject.split())
        message = EmailMultiAlternatives(subject, letter.text, to=[letter.to])
        message.attach_alternative(as_html(letter.text), "text/html")
        message.extra_headers["Auto-Submitted"] = "auto-generated"
        message.send()
    except (OSError, smtplib.SMTPException, ValueError):
        log.exception("a mail could not be sent: %s", letter.subject)
        return False
    return True


def as_html(text: str) -> str:
    """The same words as simple HTML: a paragraph for each, addresses as links."""
    paragraphs = [_linked(each) for each in re.split(r"\n\s*\n", text)]
    body = Markup("\n").join(Markup("<p>{}</p>").format(each) for each in paragraphs)
    return Markup('<!doctype html>\n<html lang="en"><body>\n{}\n</body></html>\n').format(body)


def _linked(paragraph: str) -> Markup:
    parts = re.split(r"(https?://[^\s<>\"]+)", paragraph.strip())
    link = Markup('<a href="{0}">{0}</a>')
    linked = (link.format(part) if place % 2 else escape(part) for place, part in enumerate(parts))
    return Markup("").join(linked).replace("\n", Markup("<br>\n"))


class Addresses(MailUtil):
    """For Flask-Security: what is a mail address, and how a mail is sent."""

    def normalize(self, email: str) -> str:
        """The address in the one way in which we store it. Raises EmailValidateException."""
        try:
            found = email_validator.validate_email(email.strip(), check_deliverability=False)
        except (ValueError, AttributeError):
            raise EmailValidateException(INVALID) from None
        if len(found.normalized) > 254:
            raise EmailValidateException(INVALID)
        return found.normalized.lower()

    validate = normalize

    def send_mail(
        self,
        template: str,
        subject: str,
        recipient: Any,
        sender: Any,
        body: str | None,
        html: str | None,
        **_: Any,
    ) -> None:
        """Flask-Security sends before it commits; we wait."""
        post(str(recipient), subject, body or "")


class Folder(BaseEmailBackend):
    """Writes each mail into a file of its own that appears whole; the newest sorts last."""

    def send_messages(self, messages: list[EmailMultiAlternatives]) -> int:
        folder = Path(self.mailman.file_path)
        folder.mkdir(parents=True, exist_ok=True)
        for message in messages:
            name = f"{clock.now():%Y%m%d-%H%M%S-%f}-{secrets.token_hex(3)}.eml"
            draft = folder / f".{name}"
            draft.write_bytes(message.message().as_bytes())
            os.replace(draft, folder / name)
            log.info("Mail for %s: %s", ", ".join(message.to), folder / name)
        return len(messages)


class _Smtp(smtplib.SMTP):
    """smtplib encrypts without asking whose certificate it is; we ask, unless the server is this machine."""

    def starttls(self, *_: Any, context: ssl.SSLContext | None = None, **__: Any) -> Any:
        context = context or ssl.create_default_context()
        if _is_here(self._host):  # type: ignore[attr-defined]
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return super().starttls(context=context)


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Smtp(EmailBackend):
    """Mail by SMTP as the settings say."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return smtplib.SMTP_SSL if self.use_ssl else _Smtp


def register(app: "Flask") -> None:
    """Attach Flask-Mailman, and say in the log where the files are."""
    settings: Settings = app.extensions["settings"]
    app.config.from_mapping(configuration(settings))
    mail.init_app(app)
    _folders[:] = [settings.folder / "mail"] if settings.mail == "folder" else []
    if settings.mail == "folder" and not log.hasHandlers():
        log.addHandler(logging.StreamHandler())


def configuration(settings: Settings) -> dict[str, Any]:
    """The configuration of Flask-Mailman."""
    return {
        "MAIL_BACKEND": Smtp if settings.mail == "smtp" else Folder,
        "MAIL_FILE_PATH": str(settings.folder / "mail"),
        "MAIL_DEFAULT_SENDER": formataddr((settings.community_name, settings.mail_from)),
        "MAIL_SERVER": settings.smtp_host,
        "MAIL_PORT": settings.smtp_port,
        "MAIL_USERNAME": settings.smtp_user or None,
        "MAIL_PASSWORD": settings.smtp_password or None,
        "MAIL_USE_TLS": settings.smtp_tls == "starttls",
        "MAIL_USE_SSL": settings.smtp_tls == "ssl",
        "MAIL_TIMEOUT": 10,
    }
