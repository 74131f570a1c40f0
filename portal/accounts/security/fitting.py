"""What Flask-Security is told: which of its parts we use, and its sentences in our words."""

from datetime import timedelta
from typing import Any

from portal import clock
from portal.accounts import signing_in

FRESH = timedelta(minutes=15)
"""How long after the password was typed the mail address may be changed without typing it again."""
MAIL_WITHIN = timedelta(hours=6)
"""How long a link to a new mail address is good."""

_USED: dict[str, Any] = {
    "REGISTERABLE": True,
    "CONFIRMABLE": True,
    "RECOVERABLE": True,
    "CHANGEABLE": True,
    "CHANGE_URL": "/account/password",
    "VERIFY_URL": "/login/again",
    "POST_CHANGE_VIEW": "/account/",
    "POST_VERIFY_VIEW": "/account/",
    "FRESHNESS": FRESH,
    "FRESHNESS_GRACE_PERIOD": FRESH,
    "RETURN_GENERIC_RESPONSES": True,
    "PASSWORD_HASH": "argon2",
    "PASSWORD_SCHEMES": ["argon2"],
    # The cost that OWASP's cheat sheet on password storage names for argon2id.
    "PASSWORD_HASH_PASSLIB_OPTIONS": {
        "argon2__memory_cost": 19_456,
        "argon2__rounds": 2,
        "argon2__parallelism": 1,
    },
    # What links in mails carry is signed; a slow hash in them protects nothing.
    "HASHING_SCHEMES": ["hex_sha256"],
    "DEPRECATED_HASHING_SCHEMES": [],
    "PASSWORD_LENGTH_MIN": 10,
    "PASSWORD_NORMALIZE_FORM": "NFKC",
    "PASSWORD_CONFIRM_REQUIRED": False,
    "CONFIRM_EMAIL_WITHIN": timedelta(days=3),
    "RESET_PASSWORD_WITHIN": timedelta(hours=6),
    "USER_IDENTITY_ATTRIBUTES": [{"email": {"mapper": str, "case_insensitive": False}}],
    "API_ENABLED_METHODS": ["session"],
    "DATETIME_FACTORY": clock.now,
    "JOIN_USER_ROLES": False,
    "STATIC_FOLDER": None,
    "CLI_USERS_NAME": "",
    "CLI_ROLES_NAME": "",
    # The HTML part is made from the text, so that the two cannot differ.
    "EMAIL_HTML": False,
    "EMAIL_SUBJECT_REGISTER": "Confirm your mail address",
    "EMAIL_SUBJECT_CONFIRM": "Confirm your mail address",
    "EMAIL_SUBJECT_PASSWORD_RESET": "Choose a new password",
    "EMAIL_SUBJECT_PASSWORD_NOTICE": "Your password was changed",
    "EMAIL_SUBJECT_PASSWORD_CHANGE_NOTICE": "Your password was changed",
}

_SENTENCES = {
    "GENERIC_AUTHN_FAILED": "The mail address or the password is not right. Try again, or choose a new password.",
    "REAUTHENTICATION_REQUIRED": "Please type your password again before you change this.",
    "REAUTHENTICATION_SUCCESSFUL": "Thank you. You can go on.",
    "CONFIRMATION_REQUIRED": "Your address is not confirmed yet. Open the link in the mail that we sent you.",
    "DISABLED_ACCOUNT": "This account is closed. If that is a mistake, write to the staff of this community.",
    "EMAIL_NOT_PROVIDED": "Type your mail address.",
    "PASSWORD_NOT_PROVIDED": "Type a password.",
    "INVALID_PASSWORD": "This is not your password.",
    "PASSWORD_IS_THE_SAME": "This is the password that you have already.",
    "PASSWORD_CHANGE": "Your password is changed. Your other devices are signed out.",
    "PASSWORD_RESET_NO_LOGIN": "Your new password is set and every device is signed out. Sign in with it.",
    "PASSWORD_RESET_EXPIRED": "This link was good for %(within)s only. Ask for a new one.",
    "INVALID_RESET_PASSWORD_TOKEN": "This link was used already or is not complete. Ask for a new one.",
    "INVALID_REDIRECT": "The page that should come next is not one of ours.",
    "ANONYMOUS_USER_REQUIRED": "You are signed in already.",
}
_GOOD = {"REAUTHENTICATION_SUCCESSFUL", "PASSWORD_CHANGE", "PASSWORD_RESET_NO_LOGIN"}

CONFIG: dict[str, Any] = {
    **{f"SECURITY_{name}": value for name, value in _USED.items()},
    **{f"SECURITY_MSG_{n}": (text, "good" if n in _GOOD else "warm") for n, text in _SENTENCES.items()},
    "SESSION_REFRESH_EACH_REQUEST": False,
    "PERMANENT_SESSION_LIFETIME": signing_in.LONGEST,
}
