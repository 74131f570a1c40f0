"""What Salesforce says of itself."""

from portal.crm_bridge.declaring import CALLS, PULLS, Declaration, Setting

DECLARATION = Declaration(
    title="Salesforce",
    settings=(
        Setting(
            "url",
            "My Domain of the org, such as https://acme.my.salesforce.com",
            kind="address",
            where="Setup, My Domain: Current My Domain URL",
        ),
        Setting(
            "client_id",
            "Consumer key of the External Client App",
            where="Setup, External Client App Manager, the app, Settings, OAuth: Consumer Key and Secret",
        ),
        Setting(
            "user",
            "Username to sign in as with a private key; empty: client credentials",
            "",
            where="Setup, Users: Username, which looks like a mail address",
        ),
        Setting(
            "private_key",
            "RSA key in PEM whose certificate the app has",
            "",
            secret=True,
            kind="lines",
            where="The file that was made together with the certificate; it begins with -----BEGIN",
        ),
        Setting(
            "client_secret",
            "Consumer secret, for client credentials",
            "",
            secret=True,
            where="Beside the consumer key, behind a code that is sent by mail",
        ),
        Setting(
            "audience",
            "Who the signed assertion is for; a sandbox: https://test.salesforce.com",
            "https://login.salesforce.com",
            kind="address",
        ),
        Setting("version", "Version of the REST API", "67.0"),
        Setting("duplicates", "What duplicate rules do with our rows", "refuse", choices=("refuse", "allow")),
        Setting("batch", "How many rows are sent and written down together", "200", kind="number"),
        Setting(
            "bulk_from", "From so many new rows together on, a Bulk API job is made", "2000", kind="number"
        ),
        *CALLS,
        *PULLS,
    ),
    pages={
        "contact": "url lightning/r/Contact/{id}/view",
        "account": "url lightning/r/Account/{id}/view",
    },
    pulls={
        "account": {
            "title": "Name",
            "tier": "Tier__c",
            "revenue": "AnnualRevenue",
            "currency": "CurrencyIsoCode",
            "segment": "Industry",
            "owner": "Owner.Name",
            "renews_on": "Renewal_Date__c",
            "lifecycle": "Type",
            "domains": "Website",
            "parent": "ParentId",
        },
        "contact": {
            "owner": "Owner.Name",
            "job_role": "Title",
            "mail_opt_out": "HasOptedOutOfEmail",
            "do_not_call": "DoNotCall",
            "converted_from": "lead",
        },
        "deal": {
            "title": "Name",
            "account": "AccountId",
            "amount": "Amount",
            "currency": "CurrencyIsoCode",
            "stage": "StageName",
            "closes_on": "CloseDate",
            "closed": "IsClosed",
        },
    },
)
