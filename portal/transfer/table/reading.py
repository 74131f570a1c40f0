"""What columns of usual names mean."""

from portal.transfer.tables.mapping import Layout, Preset

STATUSES = {
    "new": "open",
    "in review": "under_review",
    "in progress": "started",
    "done": "shipped",
    "completed": "shipped",
    "complete": "shipped",
    "released": "shipped",
    "rejected": "declined",
    "wont do": "declined",
    "later": "parked",
}
NAMES = {
    "idea": ("idea", "id", "number", "key", "idea_id", "idea_number", "source_id", "post_id", "reference"),
    "title": (
        "title",
        "idea_title",
        "subject",
        "summary",
        "headline",
        "name",
        "idea_name",
        "request",
        "feature",
    ),
    "body": ("body", "description", "text", "details", "content", "idea_description"),
    "created_at": ("created_at", "created", "date", "created_on", "submitted_at", "submitted"),
    "author": ("author", "author_name", "created_by", "submitter", "submitted_by", "requester"),
    "author_mail": ("author_mail", "author_email", "email", "mail", "submitter_email", "requester_email"),
    "votes": ("votes", "vote_count", "votes_count", "score", "upvotes", "likes", "votes_up"),
    "votes_against": ("votes_against", "downvotes", "votes_down"),
    "status": ("status", "state", "stage"),
    "labels": ("labels", "tags", "label", "tag", "category", "categories"),
    "board": ("board", "forum", "board_name", "product"),
    "answer": ("answer", "response", "official_answer"),
    "answered_at": ("answered_at", "responded_at", "response_at"),
    "answered_by": ("answered_by", "responded_by", "response_by"),
    "duplicate_of": ("duplicate_of", "original_number", "parent_id", "merged_into"),
    "url": ("url", "link"),
    "voter": ("voter", "voter_name"),
    "voter_mail": ("voter_mail", "voter_email", "user_email", "voter_email_address"),
    "voter_id": ("voter_id",),
    "voted_at": ("voted_at", "vote_date"),
    "value": ("value",),
    "importance": ("importance",),
    "company": ("company", "account", "organization", "organisation", "company_name", "account_name"),
    "tier": ("tier", "plan"),
    "segment": ("segment",),
    "revenue": ("revenue", "arr"),
}
COLUMNS = {column: field for field, columns in NAMES.items() for column in columns}
TITLE = frozenset({*NAMES["title"], "title"})
VOTER = frozenset({*NAMES["voter_mail"], *NAMES["voter_id"]})

PRESET = Preset(
    name="table",
    statuses=STATUSES,
    layouts=(
        Layout(kinds=("ideas", "votes"), any_of=(TITLE, VOTER, frozenset(NAMES["idea"])), columns=COLUMNS),
        Layout(kinds=("votes",), any_of=(VOTER, frozenset(NAMES["idea"])), columns=COLUMNS),
        Layout(kinds=("ideas",), any_of=(TITLE,), columns=COLUMNS),
    ),
)
