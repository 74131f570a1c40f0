"""What the fields of Canny's objects mean."""

from collections.abc import Iterator
from typing import Any

from portal.transfer.tables.mapping import Layout, Preset, Values

STATUSES = {
    "open": "open",
    "under review": "under_review",
    "planned": "planned",
    "in progress": "started",
    "complete": "shipped",
    "closed": "declined",
}
PRIORITIES = {"nice to have": 1, "important": 2, "must have": 3}
_PERSON = {"id": "person", "name": "name", "email": "mail"}
_AUTHOR = {
    "author_id": "author_id",
    "author_name": "author",
    "author_email": "author_mail",
}


def _post(values: Values, found: Values) -> Values:
    """The category is a label beside the tags; the words that went with a status have its day."""
    category = values.get("category_name")
    labels = [*(found.get("labels") or ()), *([category] if category else [])]
    return found | {"labels": labels, "answered_at": found.get("status_at")}


def _merged(values: Values) -> Iterator[Values]:
    """The posts that were merged into one: they are no posts of their own any more, and have no votes of their own."""
    for each in values.get("merge_history") or ():
        post = each.get("post") if isinstance(each, dict) else None
        if not isinstance(post, dict):
            continue
        author = _object(post.get("author"))
        yield {
            "idea": post.get("id"),
            "title": post.get("title"),
            "body": post.get("details"),
            "created_at": post.get("created") or each.get("created"),
            "author_id": author.get("id"),
            "author": author.get("name"),
            "author_mail": author.get("email"),
            "board": values.get("board_name"),
            "board_private": values.get("board_is_private"),
            "duplicate_of": values.get("id"),
        }


def _vote(values: Values, found: Values) -> Values:
    """Who added a vote for a customer, and the ticket that proves it."""
    importance = PRIORITIES.get(str(values.get("vote_priority") or "").lower())
    found = found | {"importance": importance}
    if not (found.get("added_by_id") or found.get("added_by_mail")):
        return found
    subject = found.get("proof") or f"Added by {found.get('added_by') or 'staff'} in Canny"
    return found | {"proof": subject, "proof_kind": "ticket" if found.get("proof_url") else "text"}


def _comment(values: Values, found: Values) -> Values:
    """What only staff, or only its author and staff, could read stays with staff."""
    return found | {"private": bool(values.get("internal")) or bool(values.get("private"))}


def _user(values: Values, found: Values) -> Values:
    """A user may be of several companies; a person here is of one, the first."""
    companies = values.get("companies")
    first = _object(companies[0] if isinstance(companies, list) and companies else None)
    if not first:
        return found
    spend = first.get("monthlySpend")
    return found | {"company_id": first.get("id"), "company": first.get("name"), "monthly_spend": spend}


def _object(value: Any) -> Values:
    return value if isinstance(value, dict) else {}


PRESET = Preset(
    name="canny",
    statuses=STATUSES,
    layouts=(
        Layout(
            kinds=("boards",),
            name="boards",
            columns={"name": "board", "is_private": "board_private"},
        ),
        Layout(
            kinds=("companies",),
            name="companies",
            columns={
                "id": "company_id",
                "name": "company",
                "domain": "domain",
                "monthly_spend": "monthly_spend",
                "created": "created_at",
            },
        ),
        Layout(kinds=("people",), name="users", columns=_PERSON, adjust=_user),
        Layout(
            kinds=("ideas",),
            name="posts",
            known_by=frozenset({"title", "details", "score"}),
            adjust=_post,
            more=_merged,
            columns={
                "id": "idea",
                "title": "title",
                "details": "body",
                "status": "status",
                "status_changed_at": "status_at",
                "score": "votes",
                "created": "created_at",
                "url": "url",
                "eta": "target",
                "board_name": "board",
                "board_is_private": "board_private",
                "tags": "labels",
                "change_comment_value": "answer",
                **_AUTHOR,
            },
        ),
        Layout(
            kinds=("votes",),
            name="votes",
            known_by=frozenset({"voter_id", "post_id", "created"}),
            adjust=_vote,
            columns={
                "post_id": "idea",
                "created": "voted_at",
                "voter_id": "voter_id",
                "voter_name": "voter",
                "voter_email": "voter_mail",
                "by_id": "added_by_id",
                "by_name": "added_by",
                "by_email": "added_by_mail",
                "zendesk_ticket_url": "proof_url",
                "zendesk_ticket_subject": "proof",
            },
        ),
        Layout(
            kinds=("comments",),
            name="comments",
            known_by=frozenset({"value", "post_id", "created"}),
            adjust=_comment,
            columns={
                "id": "comment",
                "post_id": "idea",
                "parent_id": "parent",
                "value": "body",
                "created": "created_at",
                **_AUTHOR,
            },
        ),
        *(
            Layout(kinds=(), name=name)
            for name in ("categories", "tags", "opportunities", "entries", "status_changes")
        ),
    ),
)
