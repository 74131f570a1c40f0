"""Audit: what became of inquiries agrees with what people said."""

from collections.abc import Generator

import sqlalchemy as sa

from portal.activity.auditing import audits
from portal.database import db
from portal.ideas.inquiring.models import Ended, Inquiry, InquiryAnswer, Says


@audits("whether ideas are still wanted")
def check_inquiries() -> Generator[str, None, int]:
    """An inquiry ended with a yes exactly when somebody said so."""
    said = sa.exists().where(InquiryAnswer.inquiry_id == Inquiry.id, InquiryAnswer.says == Says.YES)
    rows = sa.select(Inquiry.id, Inquiry.ended, said.correlate(Inquiry))
    compared = 0
    for inquiry_id, ended, yes in db.session.execute(rows):
        compared += 1
        if bool(yes) != (ended == Ended.YES):
            yield f"inquiry {inquiry_id}: somebody said yes {bool(yes)}, it ended as {ended}"
    return compared
