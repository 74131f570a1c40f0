"""CRM bridge: connections, marks, link ledger, tombstones, exchanges."""

import sqlalchemy as sa
from alembic import op

import portal.database

revision = '20261121_crm_bridge'
down_revision = '20261121_asides'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('crm_connection',
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('vendor', sa.String(length=40), nullable=False),
    sa.Column('settings', sa.JSON(), nullable=False),
    sa.Column('paused', sa.Boolean(), nullable=False),
    sa.Column('seq', sa.BigInteger(), nullable=False),
    sa.Column('lease_holder', sa.String(length=200), nullable=True),
    sa.Column('lease_until', portal.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('pushed_at', portal.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('pushed', sa.JSON(none_as_null=True), nullable=True),
    sa.Column('failure', sa.String(length=1000), nullable=True),
    sa.Column('failed_at', portal.database.UtcDateTime(timezone=True), nullable=True),
    sa.CheckConstraint('(lease_holder IS NULL) = (lease_until IS NULL)', name=op.f('ck_crm_connection_lease_is_whole')),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_crm_connection'))
    )
    op.create_table('crm_dirty',
    sa.Column('connection', sa.String(length=40), nullable=False),
    sa.Column('entity', sa.String(length=10), nullable=False),
    sa.Column('entity_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('first_dirty_at', portal.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('marks', sa.Integer(), nullable=False),
    sa.CheckConstraint("entity IN ('person', 'company', 'idea')", name=op.f('ck_crm_dirty_entity')),
    sa.ForeignKeyConstraint(['connection'], ['crm_connection.name'], name=op.f('fk_crm_dirty_connection_crm_connection'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('connection', 'entity', 'entity_id', name=op.f('pk_crm_dirty'))
    )
    with op.batch_alter_table('crm_dirty', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_crm_dirty_connection_first_dirty_at'), ['connection', 'first_dirty_at'], unique=False)

    op.create_table('crm_exchange',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('connection', sa.String(length=40), nullable=False),
    sa.Column('entity', sa.String(length=10), nullable=False),
    sa.Column('entity_id', sa.BigInteger(), nullable=False),
    sa.Column('idea_id', sa.BigInteger(), nullable=False),
    sa.Column('at', portal.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('verb', sa.String(length=10), nullable=False),
    sa.Column('sent', sa.JSON(), nullable=False),
    sa.Column('answer', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['connection'], ['crm_connection.name'], name=op.f('fk_crm_exchange_connection_crm_connection'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_crm_exchange'))
    )
    with op.batch_alter_table('crm_exchange', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_crm_exchange_connection_entity_id_id'), ['connection', 'entity_id', 'id'], unique=False)

    op.create_table('crm_link',
    sa.Column('connection', sa.String(length=40), nullable=False),
    sa.Column('entity', sa.String(length=10), nullable=False),
    sa.Column('entity_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('idea_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('remote_type', sa.String(length=40), nullable=False),
    sa.Column('remote_id', sa.String(length=120), nullable=True),
    sa.Column('last_hash', sa.String(length=64), nullable=True),
    sa.Column('last_fields', sa.JSON(none_as_null=True), nullable=True),
    sa.Column('remote_version', sa.String(length=60), nullable=True),
    sa.Column('synced_at', portal.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('next_at', portal.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('refused_hash', sa.String(length=64), nullable=True),
    sa.Column('message', sa.String(length=1000), nullable=True),
    sa.Column('field', sa.String(length=120), nullable=True),
    sa.Column('withdrawn_at', portal.database.UtcDateTime(timezone=True), nullable=True),
    sa.CheckConstraint("(entity = 'vote') = (idea_id <> 0)", name=op.f('ck_crm_link_vote_has_idea')),
    sa.CheckConstraint("entity IN ('person', 'company', 'vote')", name=op.f('ck_crm_link_entity')),
    sa.CheckConstraint("state IN ('done', 'retry', 'quarantined')", name=op.f('ck_crm_link_state')),
    sa.ForeignKeyConstraint(['connection'], ['crm_connection.name'], name=op.f('fk_crm_link_connection_crm_connection'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('connection', 'entity', 'entity_id', 'idea_id', name=op.f('pk_crm_link'))
    )
    with op.batch_alter_table('crm_link', schema=None) as batch_op:
        batch_op.create_index('ix_crm_link_idea', ['idea_id', 'entity_id'], unique=False, sqlite_where=sa.text('idea_id <> 0'), postgresql_where=sa.text('idea_id <> 0'))
        batch_op.create_index('ix_crm_link_not_done', ['connection', 'state'], unique=False, sqlite_where=sa.text("state <> 'done'"), postgresql_where=sa.text("state <> 'done'"))

    op.create_table('crm_tombstone',
    sa.Column('connection', sa.String(length=40), nullable=False),
    sa.Column('entity', sa.String(length=10), nullable=False),
    sa.Column('entity_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('remote_type', sa.String(length=40), nullable=False),
    sa.Column('remote_id', sa.String(length=120), nullable=True),
    sa.Column('reason', sa.String(length=60), nullable=False),
    sa.Column('erased_at', portal.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('lifted_at', portal.database.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['connection'], ['crm_connection.name'], name=op.f('fk_crm_tombstone_connection_crm_connection'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('connection', 'entity', 'entity_id', name=op.f('pk_crm_tombstone'))
    )


def downgrade() -> None:
    op.drop_table('crm_tombstone')
    with op.batch_alter_table('crm_link', schema=None) as batch_op:
        batch_op.drop_index('ix_crm_link_not_done', sqlite_where=sa.text("state <> 'done'"), postgresql_where=sa.text("state <> 'done'"))
        batch_op.drop_index('ix_crm_link_idea', sqlite_where=sa.text('idea_id <> 0'), postgresql_where=sa.text('idea_id <> 0'))

    op.drop_table('crm_link')
    with op.batch_alter_table('crm_exchange', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_crm_exchange_connection_entity_id_id'))

    op.drop_table('crm_exchange')
    with op.batch_alter_table('crm_dirty', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_crm_dirty_connection_first_dirty_at'))

    op.drop_table('crm_dirty')
    op.drop_table('crm_connection')
