"""What the webhook says of itself."""

from portal.crm_bridge.declaring import CALLS, Declaration, Setting

DECLARATION = Declaration(
    title="Signed webhook",
    canonical=True,
    settings=(
        Setting("address", "Where messages go", kind="address", where="Whoever runs the receiver knows it"),
        Setting(
            "secret",
            "Signs them: whsec_ and base64 of 24 to 64 bytes",
            secret=True,
            where="The receiver shows it, or both sides agree on one",
        ),
        Setting(
            "old_secret",
            "Signs them too, while the receiver changes over",
            "",
            secret=True,
            where="What secret was until now",
        ),
        Setting("source", "What stands as source in each message", "/community"),
        Setting("batch", "How many records are written down together", "25", kind="number"),
        *CALLS,
    ),
    reads_back=False,
)
