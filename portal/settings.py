"""Every setting with type, default and meaning. A bad value stops the start with a sentence that names it."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

DEMO_NAME = "Tidetable Community"
ROOT = Path(__file__).resolve().parent.parent


class BadSetting(ValueError):
    """A setting has a value that cannot be used; the message names it and says what would do."""


def _setting(default: Any, meaning: str, choices: tuple[str, ...] = ()) -> Any:
    return field(default=default, metadata={"meaning": meaning, "choices": choices})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Read from PORTAL_<NAME> in the environment by `from_environment`."""

    instance: str = _setting("instance", "Folder of the database, index, mail and files")
    database_url: str = _setting(
        "", "Another database (postgresql://…); empty: SQLite in the instance folder"
    )
    redis_url: str = _setting("", "Redis for rate limits across machines; empty: counted in each process")
    secret_key: str = _setting(
        "", "Signs cookies and links; empty: made once and kept in the instance folder"
    )
    demo: bool = _setting(True, "Seed a demo community on the very first start")
    development: bool = _setting(False, "Show the component sheet to everyone and reload templates")
    community_name: str = _setting(
        "Community", "Name in the header, in mails and in page titles; the demo has its own"
    )
    accent_hue: int = _setting(262, "The accent colour as a hue, 0 to 359")
    public_url: str = _setting(
        "", "Address that people use, such as https://community.example; empty: answers on this machine only"
    )
    https: bool = _setting(False, "Served over HTTPS: secure cookies with the __Host- prefix, and HSTS")
    proxies: int = _setting(0, "How many trusted proxies stand in front (X-Forwarded-* is read from them)")
    mail: str = _setting("folder", "Where mail goes", ("folder", "smtp"))
    mail_from: str = _setting("community@localhost.localdomain", "Sender address of mails")
    smtp_host: str = _setting("127.0.0.1", "SMTP server")
    smtp_port: int = _setting(25, "SMTP port")
    smtp_user: str = _setting("", "SMTP user name; empty: no sign-in")
    smtp_password: str = _setting("", "SMTP password")
    smtp_tls: str = _setting("starttls", "How SMTP is encrypted", ("none", "starttls", "ssl"))
    max_body: int = _setting(1_048_576, "Largest request in bytes, but for pictures")
    max_image: int = _setting(10_485_760, "Largest picture that is uploaded, in bytes")
    max_upload: int = _setting(67_108_864, "Largest upload of an import in bytes, all its files together")
    rate_limits: bool = _setting(True, "Limit how often a person or address may sign in, post and vote")
    page_cache_mb: int = _setting(
        8, "Megabytes of pages for strangers that each process keeps until the database changes; 0: none"
    )
    statement_seconds: int = _setting(15, "Longest database statement and lock wait in seconds")
    quiet_hour: int = _setting(
        2, "From which hour, in UTC, the worker does for three hours what can wait for the night"
    )

    def __post_init__(self) -> None:
        for each in fields(self):
            choices = each.metadata["choices"]
            if choices and getattr(self, each.name) not in choices:
                raise BadSetting(f"PORTAL_{each.name.upper()} must be one of: {', '.join(choices)}.")
        if not 0 <= self.accent_hue < 360:
            raise BadSetting("PORTAL_ACCENT_HUE must be a whole number from 0 to 359.")
        if not 0 <= self.quiet_hour < 24:
            raise BadSetting("PORTAL_QUIET_HOUR must be a whole number from 0 to 23.")
        if self.max_body < 65_536:
            raise BadSetting("PORTAL_MAX_BODY must be at least 65536 bytes.")
        if self.max_image < 65_536:
            raise BadSetting("PORTAL_MAX_IMAGE must be at least 65536 bytes.")

    @property
    def folder(self) -> Path:
        """The instance folder as an absolute path; a relative one stands beside the program."""
        return (ROOT / self.instance).resolve()

    @property
    def database(self) -> str:
        """The SQLAlchemy URL of the database."""
        if not self.database_url:
            return f"sqlite:///{self.folder / 'portal.sqlite'}"
        return self.database_url.replace("postgres://", "postgresql://").replace(
            "postgresql://", "postgresql+psycopg://"
        )

    def signing_key(self) -> str:
        """The secret key; made once (mode 0600) in the instance folder when none is set."""
        if self.secret_key:
            return self.secret_key
        path = self.folder / "secret_key"
        if not path.exists():
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            draft = self.folder / f"secret_key.{os.getpid()}"
            draft.touch(mode=0o600)
            draft.write_text(secrets.token_urlsafe(48))
            try:
                os.link(draft, path)
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        return path.read_text().strip()


def from_environment(environment: Mapping[str, str] = os.environ) -> Settings:
    """Settings from PORTAL_* variables.

    Raises BadSetting for a value of the wrong type and for a PORTAL_ name that is no setting,
    so that a misspelt name is not silently ignored.
    """
    known = {f"PORTAL_{each.name.upper()}": each for each in fields(Settings)}
    elsewhere = {"PORTAL_SHARED", "PORTAL_REQUIRE_SHARED", "PORTAL_REQUIRE_CRM"}
    for name in environment:
        if name.startswith("PORTAL_") and name not in known and name not in elsewhere:
            raise BadSetting(f"{name} is not a setting. The README lists them all.")
    given: dict[str, Any] = {
        each.name: _parse(name, environment[name], each.default)
        for name, each in known.items()
        if name in environment
    }
    if given.get("demo", True):
        given.setdefault("community_name", DEMO_NAME)
    return Settings(**given)


def _parse(name: str, text: str, default: object) -> Any:
    if isinstance(default, bool):
        words = {
            "1": True,
            "true": True,
            "yes": True,
            "on": True,
            "0": False,
            "false": False,
            "no": False,
            "off": False,
        }
        if text.strip().lower() not in words:
            raise BadSetting(f"{name} must be 1 or 0, not {text!r}.")
        return words[text.strip().lower()]
    if isinstance(default, int):
        try:
            return int(text)
        except ValueError:
            raise BadSetting(f"{name} must be a whole number, not {text!r}.") from None
    return text
