"""Ideas that were merged and parted again are not suggested as a pair: staff said already that they are two."""

from alembic import op

revision = "20261126_parted_pairs"
down_revision = "20261126_crm_wiring"
branch_labels = None
depends_on = None

ENDED = "idea_merge WHERE undone_at IS NOT NULL"
ONE = "CASE WHEN source_id < target_id THEN source_id ELSE target_id END"
OTHER = "CASE WHEN source_id < target_id THEN target_id ELSE source_id END"


def upgrade() -> None:
    op.execute(
        "INSERT INTO idea_pair (one_id, other_id, covers, found_at, outcome, decided_at, decided_by_id) "
        f"SELECT {ONE}, {OTHER}, 0, max(undone_at), 'dismissed', max(undone_at), max(undone_by_id) "
        f"FROM {ENDED} GROUP BY {ONE}, {OTHER} ON CONFLICT (one_id, other_id) DO UPDATE SET "
        "outcome = 'dismissed', decided_at = excluded.decided_at, decided_by_id = excluded.decided_by_id "
        "WHERE idea_pair.outcome IS NULL"
    )


def downgrade() -> None:
    """What staff said stays said."""
