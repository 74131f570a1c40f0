"""What the embedded store says of itself."""

from portal.crm_bridge.declaring import PULLS, Declaration, Setting

DECLARATION = Declaration(
    name_form=r"(?!(id|external_id|parent_id|seq|version|changed_at)$)[a-z][a-z0-9_]{0,59}",
    title="Embedded store",
    says="Needs nothing: customer records in a file of the portal.",
    settings=(
        Setting(
            "path",
            "The SQLite file; empty: crm.sqlite in the instance folder",
            "",
            kind="place",
            label="File",
            example="/srv/portal/crm.sqlite",
        ),
        Setting(
            "batch",
            "How many rows one call carries",
            "100",
            kind="number",
            least=1,
            most=10_000,
            later=True,
            label="Records at a time",
        ),
        *PULLS,
    ),
    pulls={
        "account": {
            **{each: each for each in ("tier", "revenue", "currency", "segment", "owner", "renews_on")},
            "title": "name",
            "lifecycle": "lifecycle",
            "domains": "domains",
            "parent": "parent",
        },
        "contact": {each: each for each in ("owner", "job_role", "mail_opt_out", "do_not_call")},
        "deal": {
            each: each for each in ("title", "account", "amount", "currency", "stage", "closes_on", "closed")
        },
    },
)
