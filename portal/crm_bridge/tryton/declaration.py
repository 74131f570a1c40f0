"""What Tryton says of itself."""

from portal.crm_bridge.declaring import CALLS, PULLS, Declaration, Setting

DECLARATION = Declaration(
    title="Tryton",
    says="Needs the server, the database and a user of the portal's own, and once a small module in the server.",
    settings=(
        Setting(
            "url",
            "The server on which Tryton runs",
            kind="address",
            label="Server",
            where="Host in the sign-in of the Tryton client, with https:// before it",
            example="https://tryton.acme.example",
        ),
        Setting(
            "database",
            "Which database of the server",
            label="Database",
            where="Database in the sign-in of the Tryton client",
            example="acme",
        ),
        Setting(
            "user",
            "The user as whom the portal signs in, best one of its own",
            "community",
            label="Login",
            where="Administration, Users, Users, the user: Login",
            example="community",
        ),
        Setting(
            "password",
            "The password of that user",
            secret=True,
            label="Password",
            where="Administration, Users, Users, the user: Password, where an admin sets one",
            example="a long one that nobody types",
        ),
        Setting(
            "web",
            'For the links "Open in Tryton" on customer records; empty: no links',
            "",
            kind="address",
            label="Address of the web client",
            where="what stands in the browser when you use Tryton there, up to the #",
            example="https://tryton.acme.example",
        ),
        *CALLS,
        *PULLS,
    ),
    yields={"account": ("name",)},
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
