"""What Tryton says of itself."""

from portal.crm_bridge.declaring import CALLS, PULLS, Declaration, Setting

DECLARATION = Declaration(
    title="Tryton",
    settings=(
        Setting("url", "Where it answers", kind="address"),
        Setting("database", "The database"),
        Setting("user", "The login of a user of the portal's own", "community"),
        Setting("password", "The password of that user", secret=True),
        *CALLS,
        *PULLS,
    ),
    pulls={
        "account": {"title": "name", "segment": "categories.name", "domains": "website"},
        "contact": {},
        "deal": {
            "title": "description",
            "account": "party",
            "amount": "amount",
            "currency": "currency.code",
            "stage": "state",
            "closes_on": "end_date",
            "closed": "state",
        },
    },
)
