"""Forgetting who voted: a rule of boards, what was forgotten, and the one change of the ledger that passes.

A line may name somebody without a name instead of who voted; its points, its owner, its date and its order may not change.
"""

import sqlalchemy as sa
from alembic import op

from portal.database import UtcDateTime

revision = "20261126_forgetting"
down_revision = "20261126_workarounds"
branch_labels = None
depends_on = None

FIXED = "id, at, person_id, rule, rule_version, asked, granted, source, source_id, reverses_id, reason"
REFUSED = "'ledger_line is append-only'"
NAMELESS = "EXISTS (SELECT 1 FROM person WHERE person.id = NEW.actor_id AND person.erased_at IS NOT NULL)"


def upgrade() -> None:
    op.execute(
        "ALTER TABLE board ADD COLUMN forget_months INTEGER DEFAULT 0 NOT NULL "
        "CONSTRAINT ck_board_forget_months_not_negative CHECK (forget_months >= 0)"
    )
    op.create_table(
        "forgetting",
        sa.Column("idea_id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False, autoincrement=False),
        sa.Column("begun_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("votes", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["idea_id"], ["idea.id"], name=op.f("fk_forgetting_idea_id_idea")),
        sa.PrimaryKeyConstraint("idea_id", name=op.f("pk_forgetting")),
    )
    if op.get_bind().dialect.name == "sqlite":
        _on_sqlite()
    else:
        _on_postgresql()


def _on_sqlite() -> None:
    op.execute("DROP TRIGGER ledger_line_no_update")
    op.execute(
        f"CREATE TRIGGER ledger_line_no_update BEFORE UPDATE OF {FIXED} ON ledger_line "
        f"BEGIN SELECT RAISE(ABORT, {REFUSED}); END"
    )
    op.execute(
        f"CREATE TRIGGER ledger_line_only_forgets BEFORE UPDATE ON ledger_line WHEN NOT {NAMELESS} "
        f"BEGIN SELECT RAISE(ABORT, {REFUSED}); END"
    )


def _on_postgresql() -> None:
    old, new = (", ".join(f"{row}.{name}" for name in FIXED.split(", ")) for row in ("OLD", "NEW"))
    op.execute("DROP TRIGGER ledger_line_append_only ON ledger_line")
    op.execute(
        "CREATE TRIGGER ledger_line_append_only BEFORE DELETE OR TRUNCATE ON ledger_line "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE FUNCTION refuse_all_but_forgetting() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF ({old}) IS DISTINCT FROM ({new}) OR NOT {NAMELESS} THEN "
        "RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; "
        "END IF; RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER ledger_line_only_forgets BEFORE UPDATE ON ledger_line "
        "FOR EACH ROW EXECUTE FUNCTION refuse_all_but_forgetting()"
    )


def downgrade() -> None:
    op.drop_table("forgetting")
    op.drop_column("board", "forget_months")
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER ledger_line_only_forgets")
        op.execute("DROP TRIGGER ledger_line_no_update")
        op.execute(
            "CREATE TRIGGER ledger_line_no_update BEFORE UPDATE ON ledger_line "
            f"BEGIN SELECT RAISE(ABORT, {REFUSED}); END"
        )
        return
    op.execute("DROP TRIGGER ledger_line_only_forgets ON ledger_line")
    op.execute("DROP FUNCTION refuse_all_but_forgetting()")
    op.execute("DROP TRIGGER ledger_line_append_only ON ledger_line")
    op.execute(
        "CREATE TRIGGER ledger_line_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_line "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
