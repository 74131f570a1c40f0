"""What Dynamics 365 says of itself."""

from portal.crm_bridge.declaring import CALLS, PULLS, Declaration, Setting, ends

DECLARATION = Declaration(
    title="Dynamics 365 (Dataverse)",
    says="Needs the environment, and an application in Entra with a client secret that is an application user there.",
    settings=(
        Setting(
            "url",
            "The environment whose contacts and accounts are kept in step",
            kind="address",
            label="Environment URL",
            where="Power Platform admin center, Manage, Environments, the environment, Details: Environment URL",
            example="https://acme.crm4.dynamics.com",
        ),
        Setting(
            "tenant",
            "Whose users and applications may sign in to the environment",
            label="Tenant ID",
            where="Entra admin center, Overview: Tenant ID; its primary domain does as well",
            example="acme.onmicrosoft.com",
        ),
        Setting(
            "client_id",
            "The application as which the portal signs in. It must also be an application user of the environment",
            label="Application (client) ID",
            where="Entra admin center, App registrations, the application, Overview: Application (client) ID",
            example="5f0c2a4e-7d31-4f0e-9a61-2b8f3c9d1e70",
        ),
        Setting(
            "client_secret",
            "The password of the application",
            secret=True,
            label="Client secret",
            where="Entra admin center, App registrations, the application, Certificates & secrets, Client secrets: "
            "Value (not Secret ID). It is shown once",
            example="Q~8…, about 40 signs",
        ),
        Setting(
            "prefix",
            "What the names of our columns and tables begin with",
            "new",
            later=True,
            label="Prefix of the publisher",
            where="Power Apps, Solutions, Publishers, your publisher: Prefix",
            example="acme",
        ),
        ends(
            "the client secret",
            "Entra admin center, App registrations, the application, Certificates and secrets: Expires",
        ),
        Setting(
            "login",
            "Where tokens come from; another one only for clouds of governments and China",
            "https://login.microsoftonline.com",
            kind="address",
            later=True,
            label="Sign-in address",
            example="https://login.microsoftonline.us",
        ),
        Setting(
            "version",
            "Change it only when Microsoft ends this one",
            "9.2",
            later=True,
            label="Version of the Web API",
        ),
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
