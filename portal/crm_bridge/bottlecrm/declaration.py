"""What BottleCRM says of itself."""

from portal.crm_bridge.declaring import CALLS, PULLS, Declaration, Setting

DECLARATION = Declaration(
    title="BottleCRM",
    settings=(
        Setting(
            "url",
            "Where it answers, without /api",
            kind="address",
            where="What stands in the browser when you use BottleCRM, up to the first /",
        ),
        Setting(
            "token",
            "A personal access token of an admin, from its settings",
            secret=True,
            where="Settings, API tokens, as an admin of the organisation; no limits ticked. It is shown once",
        ),
        Setting("web", "Where people use it, for links; empty: no links", "", kind="address"),
        *CALLS,
        *PULLS,
    ),
    pull_minutes=15,
    listens="portal.crm_bridge.bottlecrm.listening",
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
