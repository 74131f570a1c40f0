"""What BottleCRM says of itself."""

from portal.crm_bridge.declaring import CALLS, Declaration, Setting

DECLARATION = Declaration(
    title="BottleCRM",
    settings=(
        Setting("url", "Where it answers, without /api", kind="address"),
        Setting("token", "A personal access token of an admin, from its settings", secret=True),
        *CALLS,
    ),
)
