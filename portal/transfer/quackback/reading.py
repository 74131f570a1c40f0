"""What the columns of Quackback's files mean: of its export, of its import template, and of what its own importers write."""

from portal.transfer.tables.mapping import Layout, Preset

STATUSES = {
    "open": "open",
    "under review": "under_review",
    "planned": "planned",
    "in progress": "started",
    "complete": "shipped",
    "completed": "shipped",
    "shipped": "shipped",
    "closed": "declined",
    "declined": "declined",
}
_AUTHOR = {"author_name": "author", "author_email": "author_mail"}
_POST = {
    "title": "title",
    "status": "status",
    "tags": "labels",
    "board": "board",
    "vote_count": "votes",
    "created_at": "created_at",
    "moderation": "moderation",
    "response": "answer",
    "response_at": "answered_at",
    "response_by": "answered_by",
    **_AUTHOR,
}
_COMMENT = {"post_id": "idea", "created_at": "created_at", **_AUTHOR}

PRESET = Preset(
    name="quackback",
    statuses=STATUSES,
    layouts=(
        Layout(
            kinds=("votes",),
            known_by=frozenset({"post_id", "voter_email"}),
            columns={"post_id": "idea", "voter_email": "voter_mail", "created_at": "voted_at"},
        ),
        Layout(
            kinds=("comments",),
            known_by=frozenset({"post_id", "content", "is_private"}),
            columns=_COMMENT
            | {
                "id": "comment",
                "parent_id": "parent",
                "content": "body",
                "is_private": "private",
                "moderation_state": "moderation",
            },
        ),
        Layout(
            kinds=("comments",),
            known_by=frozenset({"post_id", "body", "is_staff"}),
            columns=_COMMENT | {"body": "body"},
        ),
        Layout(
            kinds=("notes",),
            known_by=frozenset({"post_id", "body", "author_email"}),
            columns=_COMMENT | {"body": "body"},
        ),
        Layout(
            kinds=("people",),
            known_by=frozenset({"name", "email", "verified", "lifecycle"}),
            columns={"name": "name", "email": "mail"},
        ),
        Layout(
            kinds=("companies",),
            known_by=frozenset({"name", "domain", "monthly_spend"}),
            columns={
                "name": "company",
                "domain": "domain",
                "external_id": "company_id",
                "plan": "tier",
                "monthly_spend": "monthly_spend",
                "created_at": "created_at",
            },
        ),
        Layout(
            kinds=("ideas",),
            known_by=frozenset({"id", "title", "content", "vote_count"}),
            columns=_POST | {"id": "idea", "content": "body"},
        ),
        Layout(
            kinds=("ideas",),
            known_by=frozenset({"id", "title", "body"}),
            columns=_POST | {"id": "idea", "body": "body"},
        ),
        Layout(
            kinds=("ideas",),
            known_by=frozenset({"title", "content"}),
            columns=_POST | {"source_id": "idea", "content": "body"},
        ),
    ),
)
