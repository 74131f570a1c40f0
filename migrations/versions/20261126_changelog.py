"""The changelog: entries with their kinds, ideas and audience, and who follows it."""

import sqlalchemy as sa
from alembic import op

import portal.database

revision = "20261126_changelog"
down_revision = "20261126_roadmaps"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = portal.database.UtcDateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "changelog_kind",
        sa.Column("id", ID, nullable=False),
        sa.Column("key", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("colour", sa.String(length=10), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("archived_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_changelog_kind")),
        sa.UniqueConstraint("key", name=op.f("uq_changelog_kind_key")),
    )
    op.create_table(
        "changelog_entry",
        sa.Column("id", ID, nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("body_html", sa.Text(), nullable=False),
        sa.Column("cooked_with", sa.String(length=10), nullable=False),
        sa.Column("stage", sa.String(length=10), nullable=False),
        sa.Column("audience", sa.String(length=20), nullable=False),
        sa.Column("written_by_id", ID, nullable=False),
        sa.Column("decided_by_id", ID, nullable=True),
        sa.Column("form_key", sa.String(length=64), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("publish_at", MOMENT, nullable=True),
        sa.Column("published_at", MOMENT, nullable=True),
        sa.Column("edited_at", MOMENT, nullable=True),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        sa.Column("withdrawn_reason", sa.String(length=500), nullable=False),
        sa.Column("held_because", sa.String(length=300), nullable=False),
        sa.CheckConstraint(
            "stage IN ('draft', 'scheduled', 'published', 'withdrawn')", name=op.f("ck_changelog_entry_stage")
        ),
        sa.CheckConstraint(
            "audience IN ('public', 'signed_in', 'companies', 'staff')", name=op.f("ck_changelog_entry_audience")
        ),
        sa.CheckConstraint(
            "(stage = 'scheduled') = (publish_at IS NOT NULL)", name=op.f("ck_changelog_entry_has_its_time")
        ),
        sa.CheckConstraint(
            "(stage IN ('published', 'withdrawn')) = (published_at IS NOT NULL)",
            name=op.f("ck_changelog_entry_was_published"),
        ),
        sa.CheckConstraint(
            "(stage = 'withdrawn') = (withdrawn_at IS NOT NULL)", name=op.f("ck_changelog_entry_was_withdrawn")
        ),
        sa.ForeignKeyConstraint(
            ["written_by_id"], ["person.id"], name=op.f("fk_changelog_entry_written_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_changelog_entry_decided_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_changelog_entry")),
        sa.UniqueConstraint("written_by_id", "form_key", name=op.f("uq_changelog_entry_written_by_id_form_key")),
    )
    op.create_index(op.f("ix_changelog_entry_published_at_id"), "changelog_entry", ["published_at", "id"])
    op.create_index(op.f("ix_changelog_entry_stage_publish_at"), "changelog_entry", ["stage", "publish_at"])
    _beside_entries()
    op.create_table(
        "changelog_follow",
        sa.Column("person_id", ID, autoincrement=False, nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_changelog_follow_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_changelog_follow")),
    )


def _of_an_entry(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["entry_id"], ["changelog_entry.id"], name=op.f(f"fk_{table}_entry_id_changelog_entry"))


def _beside_entries() -> None:
    op.create_table(
        "changelog_admission",
        sa.Column("id", ID, nullable=False),
        sa.Column("company_id", ID, nullable=True),
        sa.Column("segment", sa.String(length=80), nullable=True),
        sa.Column("tier", sa.String(length=40), nullable=True),
        sa.Column("entry_id", ID, nullable=False),
        sa.CheckConstraint(
            "CASE WHEN company_id IS NULL THEN 0 ELSE 1 END + CASE WHEN segment IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN tier IS NULL THEN 0 ELSE 1 END = 1",
            name=op.f("ck_changelog_admission_one_of_three"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_changelog_admission_company_id_company")
        ),
        _of_an_entry("changelog_admission"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_changelog_admission")),
        sa.UniqueConstraint("entry_id", "company_id", name=op.f("uq_changelog_admission_entry_id_company_id")),
        sa.UniqueConstraint("entry_id", "segment", name=op.f("uq_changelog_admission_entry_id_segment")),
        sa.UniqueConstraint("entry_id", "tier", name=op.f("uq_changelog_admission_entry_id_tier")),
    )
    op.create_index(op.f("ix_changelog_admission_company_id"), "changelog_admission", ["company_id"])
    op.create_table(
        "changelog_label",
        sa.Column("entry_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        _of_an_entry("changelog_label"),
        sa.PrimaryKeyConstraint("entry_id", "kind", name=op.f("pk_changelog_label")),
    )
    op.create_index(op.f("ix_changelog_label_kind"), "changelog_label", ["kind"])
    op.create_table(
        "changelog_idea",
        sa.Column("entry_id", ID, nullable=False),
        sa.Column("idea_id", ID, nullable=False),
        sa.Column("linked_at", MOMENT, nullable=False),
        _of_an_entry("changelog_idea"),
        sa.ForeignKeyConstraint(["idea_id"], ["idea.id"], name=op.f("fk_changelog_idea_idea_id_idea")),
        sa.PrimaryKeyConstraint("entry_id", "idea_id", name=op.f("pk_changelog_idea")),
    )
    op.create_index(op.f("ix_changelog_idea_idea_id"), "changelog_idea", ["idea_id"])


def downgrade() -> None:
    for table in ("follow", "idea", "label", "admission", "entry", "kind"):
        op.drop_table(f"changelog_{table}")
