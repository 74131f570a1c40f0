"""Commands of the ledger."""

import click

from portal.cli import Commands
from portal.database import db
from portal.reputation import rebuilding

reputation = Commands("reputation", help="The ledger of points.")


@reputation.command()
@click.option(
    "--check", is_flag=True, help="Change nothing; exit 1 when a balance is not the sum of its lines."
)
def rebuild(check: bool) -> None:
    """Set the balance of every person to the sum of the ledger."""
    if not check:
        wrong = rebuilding.rebuild()
        db.session.commit()
        click.echo(f"{wrong} balances set right.")
        return
    differences = list(rebuilding.wrong_balances())
    for sentence in differences[:20]:
        click.echo(sentence)
    if differences:
        raise click.ClickException(f"{len(differences)} balances differ from the ledger.")
    click.echo("Every balance is the sum of its ledger lines.")
