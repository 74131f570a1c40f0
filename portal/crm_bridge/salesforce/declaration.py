"""What Salesforce says of itself."""

from portal.crm_bridge.declaring import CALLS, Declaration, Setting

DECLARATION = Declaration(
    title="Salesforce",
    settings=(
        Setting("url", "My Domain of the org, such as https://acme.my.salesforce.com", kind="address"),
        Setting("client_id", "Consumer key of the External Client App"),
        Setting("user", "Username to sign in as with a private key; empty: client credentials", ""),
        Setting("private_key", "RSA key in PEM whose certificate the app has", "", secret=True),
        Setting("client_secret", "Consumer secret, for client credentials", "", secret=True),
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
    ),
)
