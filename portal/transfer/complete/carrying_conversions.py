"""Which ideas came of questions, and which became one; the questions themselves stay where they are."""

from portal.moderation.converting.models import Conversion
from portal.transfer.complete.listing import carry

carry(Conversion, without={"topic_id": "questions and discussions are no part of ideas"})
