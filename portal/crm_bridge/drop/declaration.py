"""What the drop of files says of itself."""

from portal.crm_bridge.declaring import Declaration, Setting

DECLARATION = Declaration(
    title="Files in a folder",
    canonical=True,
    settings=(
        Setting(
            "folder",
            "Where the files go; who takes them moves them to the folder taken beside them",
            kind="place",
        ),
        Setting("format", "jsonl, or csv beside it", "jsonl", choices=("jsonl", "csv")),
        Setting("batch", "How many records are written together", "200", kind="number"),
    ),
)
