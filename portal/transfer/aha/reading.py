"""What the fields and columns of Aha! mean."""

from typing import Any

from portal.transfer.tables.mapping import Layout, Preset, Values

STATUSES = {
    "needs review": "open",
    "under consideration": "under_review",
    "future consideration": "parked",
    "planned": "planned",
    "in progress": "started",
    "shipped": "shipped",
    "will not implement": "declined",
}
"""Those of its own workflow whose meaning is certain; "Already exists" may be shipped or declined, and has to be said."""


def _idea(values: Values, found: Values) -> Values:
    """Categories are labels, and may be a list of objects."""
    categories = values.get("categories") or values.get("category") or values.get("categories_name")
    tags = found.get("labels")
    listed = [*_list(categories), *_list(tags)]
    return found | {"labels": listed}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else str(value or "").split(",")


def _vote(values: Values, found: Values) -> Values:
    """A proxy vote is of the first contact that it names, or of the organisation; who added it vouches for it."""
    contacts = values.get("idea_users") or values.get("contacts")
    first = contacts[0] if isinstance(contacts, list) and contacts and isinstance(contacts[0], dict) else {}
    if first:
        found = found | {
            "voter": first.get("name"),
            "voter_mail": first.get("email"),
            "voter_id": first.get("id"),
        }
    is_proxy = bool(first or found.get("company") or found.get("company_id") or values.get("proxy"))
    if not is_proxy:
        return {name: value for name, value in found.items() if not name.startswith("added_by")}
    return found | {"proof_kind": "link" if found.get("proof_url") else "text"}


def _comment(values: Values, found: Values) -> Values:
    """What is not public stays with staff."""
    return found | {"private": str(values.get("visibility") or "").lower() not in {"", "public", "everyone"}}


_IDEA = {
    "name": "title",
    "description": "body",
    "description_body": "body",
    "workflow_status": "status",
    "workflow_status_name": "status",
    "status": "status",
    "endorsements_count": "votes",
    "votes": "votes",
    "created_at": "created_at",
    "created_by_portal_user_id": "author_id",
    "created_by_portal_user_name": "author",
    "created_by_portal_user_email": "author_mail",
    "product_name": "board",
    "tags": "labels",
    "url": "url",
    "duplicate_of": "duplicate_of",
}
_VOTE = {
    "created_at": "voted_at",
    "email": "voter_mail",
    "name": "voter",
    "created_by_user_id": "added_by_id",
    "created_by_user_name": "added_by",
    "created_by_user_email": "added_by_mail",
    "idea_organization_id": "company_id",
    "idea_organization_name": "company",
    "organization": "company",
    "value": "worth",
    "link": "proof_url",
    "description": "proof",
    "description_body": "proof",
}
_COMMENT = {
    "id": "comment",
    "idea_id": "idea",
    "body": "body",
    "created_at": "created_at",
    "user_name": "author",
    "user_email": "author_mail",
    "idea_commenter_user_name": "author",
    "idea_commenter_user_email": "author_mail",
    "parent_idea_comment_id": "parent",
}

PRESET = Preset(
    name="aha",
    statuses=STATUSES,
    layouts=(
        Layout(
            kinds=("companies",),
            name="idea_organizations",
            columns={"id": "company_id", "name": "company", "email_domains": "domain"},
        ),
        Layout(
            kinds=("people",),
            name="idea_users",
            columns={
                "id": "person",
                "name": "name",
                "email": "mail",
                "idea_organization_id": "company_id",
                "idea_organization_name": "company",
            },
        ),
        Layout(
            kinds=("votes",),
            name="idea_endorsements",
            known_by=frozenset({"idea_id", "email", "created_by_user_email"}),
            adjust=_vote,
            columns=_VOTE | {"idea_id": "idea"},
        ),
        Layout(kinds=("comments",), name="idea_comments", adjust=_comment, columns=_COMMENT),
        Layout(kinds=("notes",), name="comments", columns=_COMMENT),
        Layout(
            kinds=("ideas",),
            name="ideas",
            known_by=frozenset({"id", "reference_num", "name"}),
            adjust=_idea,
            columns=_IDEA | {"id": "idea"},
        ),
        Layout(
            kinds=("votes",),
            known_by=frozenset({"idea_reference", "email"}),
            adjust=_vote,
            columns=_VOTE
            | {"idea_reference": "idea", "created_by": "added_by", "created_by_email": "added_by_mail"},
        ),
        Layout(
            kinds=("ideas",),
            known_by=frozenset({"idea_reference", "idea_name"}),
            adjust=_idea,
            columns=_IDEA
            | {
                "idea_reference": "idea",
                "idea_name": "title",
                "idea_description": "body",
                "idea_status": "status",
                "idea_votes": "votes",
                "created_by": "author",
                "created_by_email": "author_mail",
            },
        ),
        Layout(kinds=(), name="pagination"),
    ),
)
