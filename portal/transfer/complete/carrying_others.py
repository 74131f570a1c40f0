"""What belongs to one portal, or is no part of ideas."""

from typing import Any

from portal.activity.models import Entry, ReaderPosition
from portal.crm_bridge.alarms.models import CrmAlarm
from portal.crm_bridge.connections.jobs.models import CrmJob
from portal.crm_bridge.models import (
    CrmCall,
    CrmConnection,
    CrmDirty,
    CrmExchange,
    CrmField,
    CrmInteraction,
    CrmLink,
    CrmTombstone,
)
from portal.crm_bridge.pauses.models import CrmPause
from portal.crm_bridge.pulling.models import CrmCursor, CrmDeal, CrmHeard, CrmPulled, CrmReread
from portal.crm_bridge.receipts.models import CrmReceipt
from portal.crm_bridge.records.models import CrmAside, CrmReading, CrmReadingAsked
from portal.crm_bridge.rules.models import CrmFiring, CrmRule, CrmRuleChange, CrmRuleTest
from portal.forums.models import Acceptance, Category, Topic
from portal.notifications.models import Notice, Telling
from portal.transfer.complete.listing import leave_out
from portal.transfer.saved.models import (
    ExportFile,
    ExportLink,
    ExportRecipient,
    ExportSchedule,
    SavedExport,
)
from portal.transfer.uploads.models import Upload

NOTICES: tuple[Any, ...] = (Notice, Telling)
EXPORTS: tuple[Any, ...] = (SavedExport, ExportSchedule, ExportRecipient, ExportFile, ExportLink)
for model in EXPORTS:
    leave_out(model, "saved exports, their files and links belong to the people and disk of that portal")
FORUMS: tuple[Any, ...] = (Category, Topic, Acceptance)
for model in FORUMS:
    leave_out(model, "questions and discussions are no part of ideas")
leave_out(Upload, "the files of an import belong to the portal that took them")
for model in NOTICES:
    leave_out(model, "what people were told names entries of the journal")
JOURNAL: tuple[Any, ...] = (Entry, ReaderPosition)
for model in JOURNAL:
    leave_out(model, "the journal is of what happened in that portal, and names rows that are left out")
RULES: tuple[Any, ...] = (CrmRule, CrmRuleChange, CrmRuleTest, CrmFiring)
for model in RULES:
    leave_out(model, "rules speak of the CRM and the staff of that portal")
CRM: tuple[Any, ...] = (
    *(CrmAside, CrmReading, CrmReadingAsked, CrmReceipt, CrmJob, CrmPause, CrmAlarm),
    *(CrmCursor, CrmPulled, CrmDeal, CrmReread, CrmHeard),
    *(CrmConnection, CrmField, CrmDirty, CrmLink, CrmTombstone),
    *(CrmInteraction, CrmExchange, CrmCall),
)
for model in CRM:
    leave_out(model, "a connection to a CRM belongs to one portal")
