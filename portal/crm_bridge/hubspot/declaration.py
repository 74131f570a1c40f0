"""What HubSpot says of itself."""

from portal.crm_bridge.declaring import CALLS, PULLS, Declaration, Setting

DECLARATION = Declaration(
    title="HubSpot",
    says="Needs a service key, or the access token of a private app. Works with every plan; votes as objects need Enterprise.",
    settings=(
        Setting(
            "token",
            "Lets the portal in, with the scopes that it has: read and write for contacts, companies and their "
            "schemas, read for deals and owners",
            secret=True,
            label="Service key or access token",
            where="Development, Keys, Service keys, the key; or Settings, Integrations, Private Apps, the app, Auth: "
            "Access token",
            example="pat-eu1-…",
        ),
        Setting(
            "hub",
            'For the links "Open in HubSpot" on customer records; empty: no links',
            "",
            label="Hub ID",
            where="behind your picture at the top right, beside the name of the account; also the number in the "
            "address of each page there",
            example="145678901",
        ),
        Setting(
            "votes",
            "How votes are kept there",
            "notes",
            choices=("notes", "objects"),
            label="Votes",
            words={
                "notes": "As notes of the contact (every plan)",
                "objects": "As objects of their own (Enterprise)",
            },
        ),
        Setting(
            "erase",
            "What becomes of contacts that we made when the person withdraws",
            "gdpr-delete",
            choices=("gdpr-delete", "archive"),
            label="Erasing",
            words={"gdpr-delete": "Deleted for good", "archive": "Put into the bin, for 90 days"},
        ),
        Setting(
            "web",
            "For the links; another one only for accounts of a data centre of their own",
            "https://app.hubspot.com",
            kind="address",
            later=True,
            label="Address of the pages",
            where="what stands in the browser when you use HubSpot, up to the first /",
            example="https://app-eu1.hubspot.com",
        ),
        Setting(
            "url",
            "Where the API answers",
            "https://api.hubapi.com",
            kind="address",
            later=True,
            label="Address of the API",
        ),
        Setting(
            "version",
            "Change it only when HubSpot ends this one: a date such as 2026-09, or v3",
            "2026-09",
            later=True,
            label="Version of the API",
        ),
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
