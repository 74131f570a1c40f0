"""What the webhook says of itself."""

from portal.crm_bridge.declaring import CALLS, Declaration, Setting

DECLARATION = Declaration(
    title="Signed webhook",
    says="Needs an address and a secret. For what is no CRM of this list: each record that changed is sent as a message.",
    canonical=True,
    settings=(
        Setting(
            "address",
            "Where messages go",
            kind="address",
            label="Address of the receiver",
            where="whoever runs the receiver knows it",
            example="https://hooks.acme.example/community",
        ),
        Setting(
            "secret",
            "Signs the messages: whsec_ and base64 of 24 to 64 bytes",
            secret=True,
            label="Signing secret",
            where="the receiver shows it, or both sides agree on one",
            example="whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        ),
        Setting(
            "old_secret",
            "Signs them too, while the receiver changes over to a new secret",
            "",
            secret=True,
            later=True,
            label="Old signing secret",
            where="what the signing secret was until now",
            example="whsec_…",
        ),
        Setting(
            "source",
            "What stands as source in each message, so that the receiver can tell portals apart",
            "/community",
            later=True,
            label="Source",
            example="/community/acme",
        ),
        Setting(
            "batch",
            "How many records are written down together",
            "25",
            kind="number",
            least=1,
            most=10_000,
            later=True,
            label="Records at a time",
        ),
        *CALLS,
    ),
    reads_back=False,
)
