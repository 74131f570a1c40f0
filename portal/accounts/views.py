"""Sign-in and the pages of people."""

from flask import Flask
from flask_security import Security
from flask_security.datastore import SQLAlchemyUserDatastore

from portal.accounts.models import NamedRole, Person, Stranger
from portal.database import db

security = Security()


def register(app: Flask) -> None:
    """Attach Flask-Security and these pages."""
    app.config.from_mapping(
        SECURITY_PASSWORD_SALT=app.config["SECRET_KEY"],
        SECURITY_JOIN_USER_ROLES=False,
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106
    )
    security.init_app(app, SQLAlchemyUserDatastore(db, Person, NamedRole))  # type: ignore[arg-type]
    app.login_manager.anonymous_user = Stranger  # type: ignore[attr-defined]
