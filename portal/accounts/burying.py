"""Knowing somebody again who was erased, without keeping who it was: a keyed hash of the mail address or of a foreign id.

The key is the secret of the portal, so a list of addresses alone does not tell who was here.
"""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Collection
from hashlib import sha256

import sqlalchemy as sa
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from portal.accounts.models import Erasure
from portal.database import db

_key = [b""]


def use_key(secret: str) -> None:
    """The secret of the portal at work."""
    _key[:] = [secret.encode()]


def mark_of(words: str) -> str:
    """What is kept instead of an address or an id."""
    return hmac.new(_key[0], f"erased {words}".encode(), sha256).hexdigest()


def sealed(words: str) -> str:
    """An address that is kept until something was sent to it, so that nobody reads it meanwhile."""
    return _seal().encrypt(words.encode()).decode()


def unsealed(kept: str) -> str | None:
    """What was sealed; None once the portal has another secret."""
    try:
        return _seal().decrypt(kept.encode()).decode()
    except InvalidToken:
        return None


def _seal() -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"last mail").derive(_key[0])
    return Fernet(urlsafe_b64encode(derived))


def buried(mails: Collection[str]) -> dict[str, int]:
    """Which of these addresses belonged to somebody who was erased: the number of the latest. One query."""
    marks: dict[str | None, str] = {mark_of(each): each for each in mails}
    if not marks:
        return {}
    found = sa.select(Erasure.mail_mark, Erasure.person_id).where(Erasure.mail_mark.in_(list(marks)))
    rows = db.session.execute(found.order_by(Erasure.person_id))
    return {marks[mark]: person_id for mark, person_id in rows}
