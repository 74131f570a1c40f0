"""What HubSpot says of itself."""

from portal.crm_bridge.declaring import CALLS, PULLS, Declaration, Setting

DECLARATION = Declaration(
    title="HubSpot",
    settings=(
        Setting(
            "token",
            "The key of a service key or private app with its scopes",
            secret=True,
            where="Settings, Integrations, Service keys (or Private apps): Access token; read and write for contacts, "
            "companies and their schemas",
        ),
        Setting("url", "Where the API answers", "https://api.hubapi.com", kind="address"),
        Setting("version", "Version of the API, a date such as 2026-09, or v3", "2026-09"),
        Setting(
            "votes",
            "As notes of the contact (every plan), or as objects of their own (Enterprise)",
            "notes",
            choices=("notes", "objects"),
        ),
        Setting(
            "erase",
            "How contacts that we made go: for good, or into the bin",
            "gdpr-delete",
            choices=("gdpr-delete", "archive"),
        ),
        Setting("web", "Where people use it, for links", "https://app.hubspot.com", kind="address"),
        Setting("hub", "The Hub ID, for links; empty: no links", ""),
        *CALLS,
        *PULLS,
    ),
    pages={"contact": "web contacts/{hub}/record/0-1/{id}", "account": "web contacts/{hub}/record/0-2/{id}"},
    listens="portal.crm_bridge.hubspot.listening",
    pulls={
        "account": {
            "title": "name",
            "tier": "hs_ideal_customer_profile",
            "revenue": "annualrevenue",
            "segment": "industry",
            "owner": "hubspot_owner_id",
            "renews_on": "renewal_date",
            "lifecycle": "lifecyclestage",
            "domains": "domain",
            "parent": "hs_parent_company_id",
        },
        "contact": {
            "owner": "hubspot_owner_id",
            "job_role": "jobtitle",
            "mail_opt_out": "hs_email_optout",
            "do_not_call": "do_not_call",
            "lifecycle": "lifecyclestage",
        },
        "deal": {
            "title": "dealname",
            "account": "hs_primary_associated_company",
            "amount": "amount",
            "currency": "deal_currency_code",
            "stage": "dealstage",
            "closes_on": "closedate",
            "closed": "hs_is_closed",
        },
    },
)
