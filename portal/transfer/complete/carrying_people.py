"""People and companies: who they are, never how they sign in."""

from typing import Any
from uuid import uuid4

from portal.accounts.handles.models import Handle
from portal.accounts.models import Company, CompanyDomain, Erasure, LastMail, Person, SignInSession
from portal.reputation.models import ImportedBadge, LedgerLine
from portal.transfer.complete.listing import carry, leave_out

FOLLOWS = "follows from rows that are carried"


def _person(values: dict[str, Any]) -> dict[str, Any]:
    """Without a password: the owner of the mailbox chooses a new one by "forgot password"."""
    return values | {"fs_uniquifier": uuid4().hex}


carry(Company)
carry(CompanyDomain, first=(CompanyDomain.company_id,))
carry(
    Person,
    without={
        "password": "nobody's secret leaves the portal",
        "fs_uniquifier": "belongs to the password",
        "reputation": FOLLOWS,
        "accepted_answers": "questions are no part of it",
    },
    make=_person,
)
carry(Erasure)
carry(Handle)
carry(ImportedBadge)
carry(LedgerLine, where=lambda: LedgerLine.source == "idea")
leave_out(LastMail, "mails of that portal are sent by that portal")
leave_out(SignInSession, "sessions belong to browsers of that portal")
