"""Signing in to Salesforce: with an assertion that a private key signs, or with client credentials."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from portal.crm_bridge.gateway import CrmError

TOKEN = "/services/oauth2/token"  # noqa: S105
BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
SECONDS = 180


def form(settings: Mapping[str, str], now: datetime) -> dict[str, str]:
    """What is sent for a token. Raises CrmError when the settings name neither a key nor a secret."""
    if settings.get("user") and settings.get("private_key"):
        return {"grant_type": BEARER, "assertion": assertion(settings, now)}
    if settings.get("client_secret"):
        return {
            "grant_type": "client_credentials",
            "client_id": settings["client_id"],
            "client_secret": settings["client_secret"],
        }
    raise CrmError("Set user and private_key, or client_secret", permanent=False, auth=True)


def assertion(settings: Mapping[str, str], now: datetime) -> str:
    """A JSON Web Token (RFC 7523) that is good for three minutes, signed with RS256."""
    claims = {
        "iss": settings["client_id"],
        "sub": settings["user"],
        "aud": settings["audience"],
        "exp": int(now.timestamp()) + SECONDS,
    }
    unsigned = f"{_part({'alg': 'RS256', 'typ': 'JWT'})}.{_part(claims)}"
    signature = _key(settings["private_key"]).sign(unsigned.encode(), PKCS1v15(), SHA256())
    return f"{unsigned}.{_encoded(signature)}"


def _key(pem: str) -> RSAPrivateKey:
    try:
        # A value on the command line may have its line breaks written as \n.
        key = load_pem_private_key(pem.replace("\\n", "\n").encode(), password=None)
    except (ValueError, TypeError) as error:
        raise CrmError("private_key is no RSA key in PEM", permanent=False, auth=True) from error
    if not isinstance(key, RSAPrivateKey):
        raise CrmError("private_key is no RSA key", permanent=False, auth=True)
    return key


def _part(content: Mapping[str, Any]) -> str:
    return _encoded(json.dumps(content, separators=(",", ":")).encode())


def _encoded(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()
