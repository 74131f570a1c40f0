"""What Tryton says of itself."""

from portal.crm_bridge.declaring import CALLS, PULLS, Declaration, Setting

DECLARATION = Declaration(
    title="Tryton",
    settings=(
        Setting(
            "url",
            "Where it answers",
            kind="address",
            where="Server in the sign-in of the Tryton client, with https:// before it",
        ),
        Setting("database", "The database", where="Database in the sign-in of the Tryton client"),
        Setting(
            "user",
            "The login of a user of the portal's own",
            "community",
            where="Administration, Users, Users: Login",
        ),
        Setting(
            "password",
            "The password of that user",
            secret=True,
            where="Administration, Users, Users: Reset Password, or the one that was set there",
        ),
        Setting("web", "Where its web client is, for links; empty: no links", "", kind="address"),
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
    pages={
        "contact": "web #{database}/model/party.party/{id}",
        "account": "web #{database}/model/party.party/{id}",
    },
)
