"""Sealing: secrets of a connection are encrypted where they are kept, with a key that is made of the portal's own."""

from base64 import urlsafe_b64encode
from collections.abc import Mapping

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from portal.errors import Conflict


def _box(connection: str, key: str) -> Fernet:
    """HKDF with SHA-256 (RFC 5869), one key for each connection: what is moved to another one cannot be read there."""
    derived = HKDF(SHA256(), length=32, salt=None, info=f"portal crm connection {connection}".encode())
    return Fernet(urlsafe_b64encode(derived.derive(key.encode())))


def seal(connection: str, secrets: Mapping[str, str], key: str) -> dict[str, str]:
    """The secrets of a connection, encrypted. `key` is the secret key of the portal."""
    box = _box(connection, key)
    return {name: box.encrypt(value.encode()).decode() for name, value in secrets.items()}


def unreadable(connection: str, sealed: Mapping[str, str], key: str) -> list[str]:
    """The names of those secrets that were sealed with another key."""
    box = _box(connection, key) if sealed else None
    return [name for name, token in sealed.items() if box is not None and not _opens(box, token)]


def _opens(box: Fernet, token: str) -> bool:
    try:
        box.decrypt(token)
    except InvalidToken:
        return False
    return True


def reseal(
    connection: str, sealed: Mapping[str, str], old: str, new: str
) -> tuple[dict[str, str], list[str]]:
    """The secrets sealed with the new key, and the names of those that neither key opens; these stay as they are."""
    closed = unreadable(connection, sealed, new)
    lost = [each for each in closed if each in unreadable(connection, {each: sealed[each]}, old)]
    again = {each: sealed[each] for each in closed if each not in lost}
    return {**sealed, **seal(connection, unseal(connection, again, old), new)}, lost


def unseal(connection: str, sealed: Mapping[str, str], key: str) -> dict[str, str]:
    """The secrets again. Raises Conflict when they were sealed with another key."""
    box = _box(connection, key) if sealed else None
    opened = {}
    for name, token in sealed.items():
        try:
            opened[name] = box.decrypt(token).decode() if box else ""
        except InvalidToken:
            raise Conflict(
                f"The secret {name} of the connection {connection} cannot be read: the secret key of the portal is "
                f"another one than when it was given. Give it again: flask crm connect {connection} --set {name}=-"
            ) from None
    return opened
