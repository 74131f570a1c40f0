"""What the columns of UserVoice's exports mean."""

import json
from decimal import Decimal, InvalidOperation
from typing import Any

from portal.transfer.tables.mapping import Layout, Preset, Values

STATUSES = {
    "under review": "under_review",
    "planned": "planned",
    "started": "started",
    "completed": "shipped",
    "declined": "declined",
}


def _idea(values: Values, found: Values) -> Values:
    """Labels are a list or text, and the category is one; the words to voters went with the status."""
    category = values.get("category_name") or values.get("suggestion_category_name")
    labels = _listed(found.get("labels")) + ([category] if category else [])
    return found | {"labels": labels, "status_at": found.get("answered_at")}


def _listed(labels: Any) -> list[Any]:
    text = str(labels or "").strip()
    if text.startswith("["):
        try:
            return [each for each in json.loads(text) if isinstance(each, str)]
        except (ValueError, RecursionError):
            return [text]
    return text.split(",")


def _account(values: Values, found: Values) -> Values:
    """Revenue is told in cents of a month."""
    cents = str(values.get("mrr_cents") or values.get("account_mrr_cents") or "")
    try:
        return found | {"monthly_spend": str(Decimal(cents) / 100)} if cents else found
    except InvalidOperation:
        return found | {"monthly_spend": cents}


_ACCOUNT = {
    "account_external_id": "company_id",
    "account_name": "company",
    "account_plan": "tier",
    "account_monthly_rate": "monthly_spend",
}
_COMMENT = {
    "text": "body",
    "body": "body",
    "user_email": "author_mail",
    "user_name": "author",
    "created_at": "created_at",
}

PRESET = Preset(
    name="uservoice",
    statuses=STATUSES,
    merges=True,
    layouts=(
        Layout(
            kinds=("ideas", "votes"),
            known_by=frozenset({"idea_id", "idea_title", "user_email_address"}),
            adjust=_idea,
            columns={
                "idea_id": "idea",
                "idea_title": "title",
                "idea_description": "body",
                "idea_creator_email_address": "author_mail",
                "idea_creator_name": "author",
                "forum_name": "board",
                "labels": "labels",
                "public_status_name": "status",
                "public_status_update_message": "answer",
                "public_status_updated_timestamp": "answered_at",
                "public_status_creator_email_address": "answered_by_mail",
                "moderation_state": "moderation",
                "voters_count": "votes",
                "created_timestamp": "created_at",
                "user_email_address": "voter_mail",
                "user_name": "voter",
                "linked_idea_creation_date": "voted_at",
            },
        ),
        Layout(
            kinds=("ideas",),
            known_by=frozenset({"suggestion_id", "suggestion_title"}),
            adjust=_idea,
            columns={
                "suggestion_id": "idea",
                "suggestion_title": "title",
                "suggestion_body": "body",
                "suggestion_portal_url": "url",
                "suggestion_forum_name": "board",
                "suggestion_status_name": "status",
                "suggestion_labels_name": "labels",
                "suggestion_parent_id": "duplicate_of",
                "suggestion_supporters_count": "votes",
                "suggestion_created_timestamp": "created_at",
            },
        ),
        Layout(
            kinds=("comments",),
            known_by=frozenset({"suggestion_id", "user_email", "created_at"}),
            columns=_COMMENT | {"suggestion_id": "idea"},
        ),
        Layout(
            kinds=("people",),
            known_by=frozenset({"user_email_address", "user_name"}),
            adjust=_account,
            columns={"user_id": "person", "user_email_address": "mail", "user_name": "name"} | _ACCOUNT,
        ),
        Layout(
            kinds=("comments",),
            known_by=frozenset({"id", "user_email", "created_at"}),
            columns=_COMMENT | {"id": "idea"},
        ),
        Layout(
            kinds=("companies",),
            known_by=frozenset({"external_id", "name", "mrr_cents"}),
            adjust=_account,
            columns={"external_id": "company_id", "name": "company", "plan": "tier"},
        ),
    ),
)
