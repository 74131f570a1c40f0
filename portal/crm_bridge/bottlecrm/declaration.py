"""What BottleCRM says of itself."""

from portal.crm_bridge.declaring import CALLS, PULLS, Declaration, Setting, ends

DECLARATION = Declaration(
    title="BottleCRM",
    says="Needs its address and an API token of an admin. Our fields are made by the first push.",
    settings=(
        Setting(
            "url",
            "Where its API answers, without /api at the end",
            kind="address",
            label="Address of the API",
            where="the settings of whoever runs BottleCRM; on one machine with the pages it is what stands in the "
            "browser, up to the first /",
            example="https://crm.acme.example",
        ),
        Setting(
            "token",
            "Lets the portal in, with the rights of the admin who made it",
            secret=True,
            label="API token",
            where="Settings, API tokens, as an admin of the organisation; tick no limits. It is shown once",
            example="bcrm_pat_…",
        ),
        ends("the token", "Settings, API tokens: Expires; a token may not read that of itself"),
        Setting(
            "web",
            'For the links "Open in BottleCRM" on customer records; empty: no links',
            "",
            kind="address",
            label="Address of the pages",
            where="what stands in the browser when you use BottleCRM, up to the first /",
            example="https://crm.acme.example",
        ),
        *CALLS,
        *PULLS,
    ),
    pull_minutes=15,
    listens="portal.crm_bridge.bottlecrm.listening",
    yields={"account": ("name",)},
    pulls={
        "account": {
            "title": "name",
            "tier": "custom_fields.tier",
            "revenue": "annual_revenue",
            "currency": "currency",
            "segment": "industry",
            "owner": "assigned_to.user_details.email",
            "renews_on": "custom_fields.renewal_date",
            "lifecycle": "custom_fields.lifecycle",
            "domains": "website",
            "parent": "custom_fields.parent",
        },
        "contact": {
            "owner": "assigned_to.user_details.email",
            "job_role": "title",
            "mail_opt_out": "custom_fields.mail_opt_out",
            "do_not_call": "do_not_call",
        },
        "deal": {
            "title": "name",
            "account": "account.id",
            "amount": "amount",
            "currency": "currency",
            "stage": "stage_label",
            "closes_on": "closed_on",
            "closed": "stage_kind",
        },
    },
    pages={"contact": "web contacts/{id}", "account": "web accounts/{id}"},
)
