"""What the embedded store says of itself."""

from portal.crm_bridge.declaring import Declaration, Setting

DECLARATION = Declaration(
    title="Embedded store",
    settings=(
        Setting("path", "The SQLite file; empty: crm.sqlite in the instance folder", ""),
        Setting("batch", "How many rows one call carries", "100", kind="number"),
    ),
)
