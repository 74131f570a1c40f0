"""What Dynamics 365 says of itself."""

from portal.crm_bridge.declaring import CALLS, PULLS, Declaration, Setting

DECLARATION = Declaration(
    title="Dynamics 365 (Dataverse)",
    settings=(
        Setting(
            "url",
            "The environment, such as https://acme.crm4.dynamics.com",
            kind="address",
            where="Power Platform admin center, Environments, the environment: Environment URL",
        ),
        Setting(
            "tenant", "The tenant in Entra, its id or domain", where="Entra admin center, Overview: Tenant ID"
        ),
        Setting(
            "client_id",
            "The application (client) id; the environment has it as an application user",
            where="Entra admin center, App registrations, the application, Overview",
        ),
        Setting(
            "client_secret",
            "A client secret of the application",
            secret=True,
            where="Entra admin center, App registrations, the application, Certificates and secrets: Value, which is "
            "shown once",
        ),
        Setting("login", "Where tokens come from", "https://login.microsoftonline.com", kind="address"),
        Setting("version", "Version of the Web API", "9.2"),
        Setting("prefix", "Prefix of the publisher for our columns and tables", "new"),
        *CALLS,
        *PULLS,
    ),
    pages={
        "contact": "url main.aspx?pagetype=entityrecord&etn=contact&id={id}",
        "account": "url main.aspx?pagetype=entityrecord&etn=account&id={id}",
    },
    pulls={
        "account": {
            "title": "name",
            "tier": "accountcategorycode:name",
            "revenue": "revenue",
            "currency": "_transactioncurrencyid_value:code",
            "segment": "industrycode:name",
            "owner": "_ownerid_value:name",
            "renews_on": "new_renewaldate",
            "lifecycle": "customertypecode:name",
            "domains": "websiteurl",
            "parent": "_parentaccountid_value",
        },
        "contact": {
            "owner": "_ownerid_value:name",
            "job_role": "jobtitle",
            "mail_opt_out": "donotbulkemail",
            "do_not_call": "donotphone",
            "converted_from": "_originatingleadid_value",
        },
        "deal": {
            "title": "name",
            "account": "_parentaccountid_value",
            "amount": "estimatedvalue",
            "currency": "_transactioncurrencyid_value:code",
            "stage": "stepname",
            "closes_on": "estimatedclosedate",
            "closed": "statecode",
        },
    },
)
