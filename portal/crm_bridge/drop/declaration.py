"""What the drop of files says of itself."""

from portal.crm_bridge.declaring import Declaration, Setting

DECLARATION = Declaration(
    title="Files in a folder",
    says="Needs the name of a folder. For a CRM or a warehouse that takes files: each push writes what changed.",
    canonical=True,
    settings=(
        Setting(
            "folder",
            "Where the files are written. Whoever takes them moves them into the folder taken in it",
            kind="place",
            label="Folder",
            example="crm",
        ),
        Setting(
            "format",
            "How the files are written",
            "jsonl",
            choices=("jsonl", "csv"),
            label="Format",
            words={"jsonl": "JSON lines", "csv": "JSON lines, and a CSV table of each kind beside them"},
        ),
        Setting(
            "batch",
            "How many records are written together",
            "200",
            kind="number",
            least=1,
            most=10_000,
            later=True,
            label="Records at a time",
        ),
    ),
)
