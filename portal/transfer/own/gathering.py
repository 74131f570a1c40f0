"""Gathering all that is kept of one person, part by part, as that person may read it.

Every table that names a person stands in PARTS, or in LEFT_OUT with the reason; a test compares both with the schema.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from portal.accounts.handles.models import Handle
from portal.accounts.models import Company, Person, SignInSession
from portal.activity.models import Entry
from portal.crm_bridge.models import CrmInteraction, CrmLink, Entity
from portal.crm_bridge.receipts.models import CrmReceipt
from portal.database import db
from portal.discussion.drafts.models import Draft
from portal.discussion.images.models import Image
from portal.discussion.models import Post, Revision
from portal.forums.models import Topic
from portal.ideas.appeals.models import Appeal
from portal.ideas.changelog.models import ChangelogEntry, ChangelogFollow
from portal.ideas.confirming.models import Confirmation
from portal.ideas.fields.models import BoardField, Circle, FieldChoice, FieldValue
from portal.ideas.inquiring.models import Inquiry, InquiryAnswer
from portal.ideas.models import Idea, OfficialAnswer
from portal.ideas.plans.models import InternalNote
from portal.ideas.verdicts.models import Verdict
from portal.moderation.models import Flag
from portal.moderation.workarounds.models import Help
from portal.notifications.models import Notice, Watch
from portal.reputation.models import ImportedBadge, LedgerLine
from portal.transfer.saved.models import SavedExport
from portal.voting.models import Vote

AT_ONCE = 500


@dataclass(frozen=True)
class Part:
    """One list of the file: the rows of `model` where `whose` is the person, with these columns.

    `more` are further columns, and how their tables are joined; `also` is a condition. `by` says which rows are of a
    person where the column alone does not.
    """

    name: str
    whose: Any
    columns: str
    more: tuple[Any, ...] = ()
    join: Callable[[sa.Select[Any]], sa.Select[Any]] | None = None
    also: Any = None
    by: Callable[[int], sa.ColumnElement[bool]] | None = None

    @property
    def model(self) -> Any:
        """The table."""
        return self.whose.class_

    def rows(self, person_id: int) -> Iterator[dict[str, Any]]:
        """The rows of a person, the oldest first; a few at a time."""
        named = [getattr(self.model, name) for name in self.columns.split()]
        theirs = self.by(person_id) if self.by is not None else self.whose == person_id
        wanted = sa.select(*named, *self.more).select_from(self.model).where(theirs)
        if self.join is not None:
            wanted = self.join(wanted)
        if self.also is not None:
            wanted = wanted.where(self.also)
        keys = sa.inspect(self.model).primary_key
        found = db.session.execute(wanted.order_by(*keys), execution_options={"yield_per": AT_ONCE})
        for row in found.mappings():
            yield {name: plain(value) for name, value in row.items() if value is not None}


def plain(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _of_their_words(person_id: int) -> sa.ColumnElement[bool]:
    """The texts are of whoever wrote the thing, also where a moderator changed it: not of who changed it."""
    wrote = ((Revision.idea_id, Idea), (Revision.topic_id, Topic), (Revision.post_id, Post))
    return sa.or_(
        *(column.in_(sa.select(model.id).where(model.author_id == person_id)) for column, model in wrote)
    )


_PLACE = "idea_id topic_id post_id"
_ASIDE = "hidden_at hidden_reason source_url license"

PARTS = (
    Part(
        "profile",
        Person.id,
        "id name email about role confirmed_at created_at last_active_at reputation accepted_answers "
        "imported_reputation crm_consent crm_consent_at source_system source_url",
        (Company.name.label("company"),),
        lambda rows: rows.outerjoin(Company, Company.id == Person.company_id),
    ),
    Part("handles", Handle.person_id, "place address added_at"),
    Part("devices", SignInSession.person_id, "browser created_at last_seen_at ended_at"),
    Part(
        "ideas",
        Idea.author_id,
        f"id title body kind status target board_id comments created_at edited_at {_ASIDE}",
    ),
    Part(
        "details",
        Idea.author_id,
        "id",
        (
            *(BoardField.name.label("field"), FieldChoice.name.label("choice")),
            *(FieldValue.text, FieldValue.number, FieldValue.day, FieldValue.yes),
        ),
        lambda rows: (
            rows.join(FieldValue, FieldValue.idea_id == Idea.id)
            .join(BoardField, BoardField.id == FieldValue.field_id)
            .outerjoin(FieldChoice, FieldChoice.id == FieldValue.choice_id)
        ),
        BoardField.circle.in_((Circle.EVERYBODY, Circle.AUTHOR)),
    ),
    Part(
        "votes",
        Vote.person_id,
        "idea_id post_id value weight importance cast_at imported returned_at proof_kind taken_over_at",
    ),
    Part("posts", Post.author_id, f"id idea_id topic_id parent_id body created_at edited_at {_ASIDE}"),
    Part("topics", Topic.author_id, f"id title body kind category_id created_at edited_at {_ASIDE}"),
    Part("texts_before_an_edit", Revision.edited_by_id, f"{_PLACE} title body at", by=_of_their_words),
    Part("drafts", Draft.person_id, "kind fields updated_at"),
    Part("images", Image.uploaded_by_id, "key width height size uploaded_at"),
    Part("following", Watch.person_id, "idea_id topic_id since because stopped_at"),
    Part("following_news", ChangelogFollow.person_id, "since"),
    Part("notices", Notice.person_id, "idea_id kind what why at read_at"),
    Part("reputation", LedgerLine.person_id, "at rule asked granted source source_id reason"),
    Part("badges", ImportedBadge.person_id, "name awarded_at source_system"),
    Part("verdicts", Verdict.person_id, "idea_id answer words at closed_at"),
    Part("still_wanted_though_decided", Appeal.person_id, "idea_id at closed_at"),
    Part("votes_kept_after_an_edit", Confirmation.person_id, "idea_id at"),
    Part(
        "still_wanted",
        InquiryAnswer.person_id,
        "says at",
        (Inquiry.idea_id,),
        lambda rows: rows.join(Inquiry, Inquiry.id == InquiryAnswer.inquiry_id),
    ),
    Part("helped_by_workarounds", Help.person_id, "idea_id post_id at counted"),
    Part("flags", Flag.person_id, f"{_PLACE} reason note at outcome"),
    Part(
        "customer_record",
        CrmLink.entity_id,
        "connection last_fields",
        also=CrmLink.entity == Entity.PERSON,
    ),
    Part("customer_history", CrmInteraction.person_id, "connection kind at idea_id topic_id post_id sent_at"),
    Part(
        "taken_out_of_a_crm",
        CrmReceipt.person_id,
        "connection at done remote_type remote_id records reason",
    ),
    Part("official_answers", OfficialAnswer.author_id, "idea_id version body at"),
    Part("notes_of_staff", InternalNote.author_id, "idea_id body at"),
    Part("news", ChangelogEntry.written_by_id, "id title body stage created_at published_at"),
    Part("saved_exports", SavedExport.person_id, "name words shared created_at deleted_at"),
    Part("acts", Entry.actor_id, "at kind data"),
)

LEFT_OUT = {
    "the journal says it, under acts": (
        "acceptance.accepted_by_id", "changelog_entry.decided_by_id", "conversion.by_id", "conversion.ended_by_id",
        "crm_aside.by_id", "crm_aside.ended_by_id", "crm_job.by_id", "crm_pause.by_id", "crm_pause.ended_by_id", "crm_reading.by_id", "crm_reading_asked.by_id", "currency_rate.entered_by_id", "erasure.by_id", "export_file.by_id", "export_schedule.by_id", "flag.judged_by_id", "formula.made_by_id",
        "idea_merge.merged_by_id", "idea_merge.undone_by_id", "idea_pair.decided_by_id", "idea_plan.owner_id",
        "crm_firing.done_by_id", "crm_rule_change.by_id", "crm_rule_test.by_id",
        "inquiry.ended_by_id", "moderation_act.moderator_id", "roadmap_item.by_id", "score.scored_by_id",
        "status_change.changed_by_id", "upload.by_id", "vote.added_by_id",
        "workaround.marked_by_id", "workaround.ended_by_id",
    ),
    "it says what others did": ("ledger_line.actor_id", "topic.last_author_id", "export_recipient.person_id"),
    "nobody is left to read it": ("erasure.person_id",),
    "it says what staff were to do, not what the person did": ("crm_firing.person_id",),
    "it opens a file for a while": ("export_link.person_id",),
}  # fmt: skip
"""Columns that name a person and are no part of the file, by reason."""


def gathered(person: Person) -> Iterator[tuple[str, Iterator[dict[str, Any]]]]:
    """The name and the rows of each part. Rows are read while they are taken."""
    for part in PARTS:
        yield part.name, part.rows(person.id)
