"""`flask admin`: set the portal up, and give roles from the command line."""

import os

import click
from flask import current_app
from flask.cli import AppGroup
from flask_migrate import upgrade

from portal.accounts import granting, queries
from portal.accounts.permissions import Role
from portal.admin import preparing
from portal.cli import is_ready
from portal.database import db
from portal.errors import NotFound, Refusal
from portal.settings import Settings

admin = AppGroup("admin", help="Set the portal up; give roles.")


@admin.command("prepare")
def prepare() -> None:
    """Make the database ready; on the very first start also the demo community, or a link for the first admin.

    Doing it again changes nothing.
    """
    settings: Settings = current_app.extensions["settings"]
    if not is_ready():
        click.echo("Preparing the database ...")
        upgrade()
        db.session.remove()
    if settings.demo:
        preparing.fill_empty()
    elif not preparing.has_admin():
        token = preparing.invite(settings.folder)
        hours = int(preparing.GOOD_FOR.total_seconds() // 3600)
        click.echo(f"\nNobody administers this portal yet. Open this address within {hours} hours, once:\n")
        click.echo(f"  {_address(settings)}/first-admin/{token}\n")
    if not settings.demo and not settings.public_url:
        click.echo("Set PORTAL_PUBLIC_URL: until then the portal answers on this machine only.")


def _address(settings: Settings) -> str:
    port = os.environ.get("PORT", "8000")
    return settings.public_url.rstrip("/") or f"http://127.0.0.1:{port}"


@admin.command("grant")
@click.argument("email")
@click.argument("role", type=click.Choice([each.value for each in Role]))
@click.option("--reason", required=True, help="Why; it stands in the journal.")
def grant(email: str, role: str, reason: str) -> None:
    """Give the person with this mail address a role."""
    try:
        person = queries.by_mail(email.strip().lower())
        if person is None:
            raise NotFound(f"Nobody here has the address {email}.")
        changed = granting.change_role(person, to=Role(role), by=None, reason=reason)
        db.session.commit()
    except Refusal as refusal:
        raise click.ClickException(str(refusal)) from refusal
    click.echo(f"{person.name} is {'now' if changed else 'already'} {role.replace('_', ' ')}.")
