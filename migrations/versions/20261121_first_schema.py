"""The first schema, with the triggers that keep the ledger append-only."""

import sqlalchemy as sa
from alembic import op

import portal.database

revision = '20261121_first'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('board',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('description', sa.String(length=300), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('votes_against', sa.Boolean(), nullable=False),
    sa.Column('half_life', sa.Double(), nullable=False),
    sa.Column('archived_at', portal.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('created_at', portal.database.UtcDateTime(timezone=True), nullable=False),
    sa.CheckConstraint('half_life > 0', name=op.f('ck_board_half_life_positive')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_board')),
    sa.UniqueConstraint('name', name=op.f('uq_board_name'))
    )
    op.create_table('category',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('description', sa.String(length=300), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('archived_at', portal.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('created_at', portal.database.UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_category')),
    sa.UniqueConstraint('name', name=op.f('uq_category_name'))
    )
    op.create_table('company',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('tier', sa.String(length=40), nullable=True),
    sa.Column('segment', sa.String(length=80), nullable=True),
    sa.Column('revenue', sa.Numeric(precision=14, scale=2), nullable=True),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('owner', sa.String(length=120), nullable=True),
    sa.Column('renews_on', sa.Date(), nullable=True),
    sa.Column('crm_id', sa.String(length=120), nullable=True),
    sa.Column('crm_read_at', portal.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('created_at', portal.database.UtcDateTime(timezone=True), nullable=False),
    sa.CheckConstraint('revenue >= 0', name=op.f('ck_company_revenue_not_negative')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_company')),
    sa.UniqueConstraint('crm_id', name=op.f('uq_company_crm_id'))
    )
    op.create_table('label',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_label')),
    sa.UniqueConstraint('name', name=op.f('uq_label_name'))
    )
    op.create_table('reader_position',
    sa.Column('reader', sa.String(length=40), nullable=False),
    sa.Column('xid', sa.BigInteger(), nullable=False),
    sa.Column('entry_id', sa.BigInteger(), nullable=False),
    sa.Column('moved_at', portal.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('failure', sa.Text(), nullable=True),
    sa.Column('failed_at', portal.database.UtcDateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('reader', name=op.f('pk_reader_position'))
    )
    op.create_table('company_domain',
    sa.Column('domain', sa.String(length=253), nullable=False),
    sa.Column('company_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_company_domain_company_id_company')),
    sa.PrimaryKeyConstraint('domain', name=op.f('pk_company_domain'))
    )
    with op.batch_alter_table('company_domain', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_company_domain_company_id'), ['company_id'], unique=False)

    op.create_table('person',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=True),
    sa.Column('password', sa.String(length=255), nullable=True),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('fs_uniquifier', sa.String(length=64), nullable=False),
    sa.Column('confirmed_at', portal.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('role', sa.String(length=20), nullable=False),
    sa.Column('company_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('about', sa.String(length=500), nullable=False),
    sa.Column('created_at', portal.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('last_active_at', portal.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('reputation', sa.Integer(), nullable=False),
    sa.Column('accepted_answers', sa.Integer(), nullable=False),
    sa.Column('crm_consent', sa.Boolean(), nullable=False),
    sa.Column('crm_consent_at', portal.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('erased_at', portal.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('imported_reputation', sa.Integer(), nullable=True),
    sa.Column('source_system', sa.String(length=120), nullable=True),
    sa.Column('source_id', sa.String(length=120), nullable=True),
    sa.Column('source_url', sa.String(length=500), nullable=True),
    sa.CheckConstraint("role IN ('customer', 'moderator', 'product_manager', 'admin')", name=op.f('ck_person_role')),
    sa.CheckConstraint('email = lower(email)', name=op.f('ck_person_email_lower')),
    sa.ForeignKeyConstraint(['company_id'], ['company.id'], name=op.f('fk_person_company_id_company')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_person')),
    sa.UniqueConstraint('email', name=op.f('uq_person_email')),
    sa.UniqueConstraint('fs_uniquifier', name=op.f('uq_person_fs_uniquifier')),
    sa.UniqueConstraint('source_system', 'source_id', name=op.f('uq_person_source_system_source_id'))
    )
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_person_company_id'), ['company_id'], unique=False)

    op.create_table('entry',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('xid', sa.BigInteger(), nullable=False),
    sa.Column('at', portal.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('actor_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('data', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['actor_id'], ['person.id'], name=op.f('fk_entry_actor_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_entry'))
    )
    with op.batch_alter_table('entry', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_entry_actor_id'), ['actor_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_entry_xid_id'), ['xid', 'id'], unique=False)

    op.create_table('idea',
    sa.Column('board_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('title', sa.String(length=300), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('status', sa.String(length=20), nullable=False),
    sa.Column('status_at', portal.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('target', sa.String(length=40), nullable=True),
    sa.Column('hot', sa.Double(), nullable=False),
    sa.Column('imported_hot', sa.Double(), nullable=True),
    sa.Column('comments', sa.Integer(), nullable=False),
    sa.Column('last_position', sa.Integer(), nullable=False),
    sa.Column('answer_version', sa.Integer(), nullable=False),
    sa.Column('last_staff_word_at', portal.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('locked_at', portal.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('locked_reason', sa.String(length=500), nullable=True),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('ghost_name', sa.String(length=80), nullable=True),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('body_html', sa.Text(), nullable=False),
    sa.Column('cooked_with', sa.String(length=10), nullable=False),
    sa.Column('created_at', portal.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('edited_at', portal.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('hidden_at', portal.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('hidden_reason', sa.String(length=500), nullable=True),
    sa.Column('source_system', sa.String(length=120), nullable=True),
    sa.Column('source_id', sa.String(length=120), nullable=True),
    sa.Column('source_url', sa.String(length=500), nullable=True),
    sa.Column('source_author_url', sa.String(length=500), nullable=True),
    sa.Column('license', sa.String(length=60), nullable=True),
    sa.Column('author_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('votes_up', sa.Integer(), nullable=False),
    sa.Column('votes_down', sa.Integer(), nullable=False),
    sa.Column('imported_up', sa.Integer(), nullable=False),
    sa.Column('imported_down', sa.Integer(), nullable=False),
    sa.Column('score', sa.Integer(), sa.Computed('votes_up + imported_up - votes_down - imported_down', persisted=True), nullable=False),
    sa.CheckConstraint("kind IN ('feature', 'problem')", name=op.f('ck_idea_kind')),
    sa.CheckConstraint("status IN ('open', 'under_review', 'planned', 'started', 'shipped', 'declined', 'parked')", name=op.f('ck_idea_status')),
    sa.CheckConstraint('comments >= 0', name=op.f('ck_idea_comments_not_negative')),
    sa.CheckConstraint('votes_up >= 0 AND votes_down >= 0', name=op.f('ck_idea_votes_not_negative')),
    sa.ForeignKeyConstraint(['author_id'], ['person.id'], name=op.f('fk_idea_author_id_person')),
    sa.ForeignKeyConstraint(['board_id'], ['board.id'], name=op.f('fk_idea_board_id_board')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_idea')),
    sa.UniqueConstraint('source_system', 'source_id', name=op.f('uq_idea_source_system_source_id'))
    )
    with op.batch_alter_table('idea', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_idea_author_id'), ['author_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_idea_author_id_created_at_id'), ['author_id', 'created_at', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_idea_board_id_created_at_id'), ['board_id', 'created_at', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_idea_board_id_hot_id'), ['board_id', 'hot', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_idea_board_id_score_id'), ['board_id', 'score', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_idea_created_at_id'), ['created_at', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_idea_hot_id'), ['hot', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_idea_score_id'), ['score', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_idea_status_hot_id'), ['status', 'hot', 'id'], unique=False)

    op.create_table('imported_badge',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('grade', sa.SmallInteger(), nullable=True),
    sa.Column('awarded_at', portal.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('source_system', sa.String(length=120), nullable=False),
    sa.Column('source_id', sa.String(length=120), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_imported_badge_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_imported_badge')),
    sa.UniqueConstraint('source_system', 'source_id', name=op.f('uq_imported_badge_source_system_source_id'))
    )
    with op.batch_alter_table('imported_badge', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_imported_badge_person_id_awarded_at'), ['person_id', 'awarded_at'], unique=False)

    op.create_table('ledger_line',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('at', portal.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('actor_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('rule', sa.String(length=40), nullable=False),
    sa.Column('rule_version', sa.Integer(), nullable=False),
    sa.Column('asked', sa.Integer(), nullable=False),
    sa.Column('granted', sa.Integer(), nullable=False),
    sa.Column('source', sa.String(length=10), nullable=False),
    sa.Column('source_id', sa.BigInteger(), nullable=False),
    sa.Column('reverses_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('reason', sa.String(length=500), nullable=True),
    sa.Column('cause', sa.String(length=80), nullable=False),
    sa.Column('key', sa.String(length=100), nullable=False),
    sa.ForeignKeyConstraint(['actor_id'], ['person.id'], name=op.f('fk_ledger_line_actor_id_person')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_ledger_line_person_id_person')),
    sa.ForeignKeyConstraint(['reverses_id'], ['ledger_line.id'], name=op.f('fk_ledger_line_reverses_id_ledger_line')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ledger_line')),
    sa.UniqueConstraint('key', name=op.f('uq_ledger_line_key')),
    sa.UniqueConstraint('reverses_id', name=op.f('uq_ledger_line_reverses_id'))
    )
    with op.batch_alter_table('ledger_line', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_ledger_line_cause'), ['cause'], unique=False)
        batch_op.create_index(batch_op.f('ix_ledger_line_person_id_id'), ['person_id', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_ledger_line_source_source_id'), ['source', 'source_id'], unique=False)

    op.create_table('sign_in_session',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('browser', sa.String(length=200), nullable=False),
    sa.Column('created_at', portal.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('last_seen_at', portal.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('ended_at', portal.database.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_sign_in_session_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sign_in_session')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_sign_in_session_token_hash'))
    )
    with op.batch_alter_table('sign_in_session', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sign_in_session_person_id'), ['person_id'], unique=False)

    op.create_table('topic',
    sa.Column('category_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('title', sa.String(length=300), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('answers', sa.Integer(), nullable=False),
    sa.Column('replies', sa.Integer(), nullable=False),
    sa.Column('last_position', sa.Integer(), nullable=False),
    sa.Column('last_activity_at', portal.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('last_author_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('solved_at', portal.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('locked_at', portal.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('locked_reason', sa.String(length=500), nullable=True),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('ghost_name', sa.String(length=80), nullable=True),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('body_html', sa.Text(), nullable=False),
    sa.Column('cooked_with', sa.String(length=10), nullable=False),
    sa.Column('created_at', portal.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('edited_at', portal.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('hidden_at', portal.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('hidden_reason', sa.String(length=500), nullable=True),
    sa.Column('source_system', sa.String(length=120), nullable=True),
    sa.Column('source_id', sa.String(length=120), nullable=True),
    sa.Column('source_url', sa.String(length=500), nullable=True),
    sa.Column('source_author_url', sa.String(length=500), nullable=True),
    sa.Column('license', sa.String(length=60), nullable=True),
    sa.Column('author_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('votes_up', sa.Integer(), nullable=False),
    sa.Column('votes_down', sa.Integer(), nullable=False),
    sa.Column('imported_up', sa.Integer(), nullable=False),
    sa.Column('imported_down', sa.Integer(), nullable=False),
    sa.Column('score', sa.Integer(), sa.Computed('votes_up + imported_up - votes_down - imported_down', persisted=True), nullable=False),
    sa.CheckConstraint("kind IN ('question', 'discussion')", name=op.f('ck_topic_kind')),
    sa.CheckConstraint('answers >= 0 AND replies >= answers', name=op.f('ck_topic_counters')),
    sa.ForeignKeyConstraint(['author_id'], ['person.id'], name=op.f('fk_topic_author_id_person')),
    sa.ForeignKeyConstraint(['category_id'], ['category.id'], name=op.f('fk_topic_category_id_category')),
    sa.ForeignKeyConstraint(['last_author_id'], ['person.id'], name=op.f('fk_topic_last_author_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_topic')),
    sa.UniqueConstraint('source_system', 'source_id', name=op.f('uq_topic_source_system_source_id'))
    )
    with op.batch_alter_table('topic', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_topic_author_id'), ['author_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_topic_author_id_created_at_id'), ['author_id', 'created_at', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_topic_category_id_last_activity_at_id'), ['category_id', 'last_activity_at', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_topic_created_at_id'), ['created_at', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_topic_last_activity_at_id'), ['last_activity_at', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_topic_solved_at_id'), ['solved_at', 'id'], unique=False)
        batch_op.create_index('ix_topic_unanswered', ['last_activity_at', 'id'], unique=False, sqlite_where=sa.text("kind = 'question' AND answers = 0"), postgresql_where=sa.text("kind = 'question' AND answers = 0"))

    op.create_table('labelling',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('label_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('idea_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('topic_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.CheckConstraint('(idea_id IS NULL) <> (topic_id IS NULL)', name=op.f('ck_labelling_one_subject')),
    sa.ForeignKeyConstraint(['idea_id'], ['idea.id'], name=op.f('fk_labelling_idea_id_idea')),
    sa.ForeignKeyConstraint(['label_id'], ['label.id'], name=op.f('fk_labelling_label_id_label')),
    sa.ForeignKeyConstraint(['topic_id'], ['topic.id'], name=op.f('fk_labelling_topic_id_topic')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_labelling')),
    sa.UniqueConstraint('label_id', 'idea_id', name=op.f('uq_labelling_label_id_idea_id')),
    sa.UniqueConstraint('label_id', 'topic_id', name=op.f('uq_labelling_label_id_topic_id'))
    )
    with op.batch_alter_table('labelling', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_labelling_idea_id'), ['idea_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_labelling_topic_id'), ['topic_id'], unique=False)

    op.create_table('link',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('from_idea_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('from_topic_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('to_idea_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('to_topic_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('created_at', portal.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('source_system', sa.String(length=120), nullable=True),
    sa.Column('source_id', sa.String(length=120), nullable=True),
    sa.CheckConstraint("kind IN ('duplicate', 'related')", name=op.f('ck_link_kind')),
    sa.CheckConstraint('(from_idea_id IS NULL) <> (from_topic_id IS NULL)', name=op.f('ck_link_one_from')),
    sa.CheckConstraint('(to_idea_id IS NULL) <> (to_topic_id IS NULL)', name=op.f('ck_link_one_to')),
    sa.ForeignKeyConstraint(['from_idea_id'], ['idea.id'], name=op.f('fk_link_from_idea_id_idea')),
    sa.ForeignKeyConstraint(['from_topic_id'], ['topic.id'], name=op.f('fk_link_from_topic_id_topic')),
    sa.ForeignKeyConstraint(['to_idea_id'], ['idea.id'], name=op.f('fk_link_to_idea_id_idea')),
    sa.ForeignKeyConstraint(['to_topic_id'], ['topic.id'], name=op.f('fk_link_to_topic_id_topic')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_link')),
    sa.UniqueConstraint('source_system', 'source_id', name=op.f('uq_link_source_system_source_id'))
    )
    with op.batch_alter_table('link', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_link_from_idea_id'), ['from_idea_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_link_from_topic_id'), ['from_topic_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_link_to_idea_id'), ['to_idea_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_link_to_topic_id'), ['to_topic_id'], unique=False)

    op.create_table('official_answer',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('idea_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('status', sa.String(length=20), nullable=False),
    sa.Column('author_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('body_html', sa.Text(), nullable=False),
    sa.Column('cooked_with', sa.String(length=10), nullable=False),
    sa.Column('at', portal.database.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['author_id'], ['person.id'], name=op.f('fk_official_answer_author_id_person')),
    sa.ForeignKeyConstraint(['idea_id'], ['idea.id'], name=op.f('fk_official_answer_idea_id_idea')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_official_answer')),
    sa.UniqueConstraint('idea_id', 'version', name=op.f('uq_official_answer_idea_id_version'))
    )
    op.create_table('post',
    sa.Column('idea_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('topic_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('parent_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('ghost_name', sa.String(length=80), nullable=True),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('body_html', sa.Text(), nullable=False),
    sa.Column('cooked_with', sa.String(length=10), nullable=False),
    sa.Column('created_at', portal.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('edited_at', portal.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('hidden_at', portal.database.UtcDateTime(timezone=True), nullable=True),
    sa.Column('hidden_reason', sa.String(length=500), nullable=True),
    sa.Column('source_system', sa.String(length=120), nullable=True),
    sa.Column('source_id', sa.String(length=120), nullable=True),
    sa.Column('source_url', sa.String(length=500), nullable=True),
    sa.Column('source_author_url', sa.String(length=500), nullable=True),
    sa.Column('license', sa.String(length=60), nullable=True),
    sa.Column('author_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('votes_up', sa.Integer(), nullable=False),
    sa.Column('votes_down', sa.Integer(), nullable=False),
    sa.Column('imported_up', sa.Integer(), nullable=False),
    sa.Column('imported_down', sa.Integer(), nullable=False),
    sa.Column('score', sa.Integer(), sa.Computed('votes_up + imported_up - votes_down - imported_down', persisted=True), nullable=False),
    sa.CheckConstraint('(idea_id IS NULL) <> (topic_id IS NULL)', name=op.f('ck_post_one_subject')),
    sa.CheckConstraint('votes_up >= 0 AND votes_down >= 0', name=op.f('ck_post_votes_not_negative')),
    sa.ForeignKeyConstraint(['author_id'], ['person.id'], name=op.f('fk_post_author_id_person')),
    sa.ForeignKeyConstraint(['idea_id'], ['idea.id'], name=op.f('fk_post_idea_id_idea')),
    sa.ForeignKeyConstraint(['parent_id'], ['post.id'], name=op.f('fk_post_parent_id_post')),
    sa.ForeignKeyConstraint(['topic_id'], ['topic.id'], name=op.f('fk_post_topic_id_topic')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_post')),
    sa.UniqueConstraint('idea_id', 'position', name=op.f('uq_post_idea_id_position')),
    sa.UniqueConstraint('source_system', 'source_id', name=op.f('uq_post_source_system_source_id')),
    sa.UniqueConstraint('topic_id', 'position', name=op.f('uq_post_topic_id_position'))
    )
    with op.batch_alter_table('post', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_post_author_id'), ['author_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_post_author_id_created_at_id'), ['author_id', 'created_at', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_post_parent_id'), ['parent_id'], unique=False)

    op.create_table('status_change',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('idea_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('old', sa.String(length=20), nullable=True),
    sa.Column('new', sa.String(length=20), nullable=False),
    sa.Column('changed_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('reason', sa.String(length=500), nullable=True),
    sa.Column('at', portal.database.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['changed_by_id'], ['person.id'], name=op.f('fk_status_change_changed_by_id_person')),
    sa.ForeignKeyConstraint(['idea_id'], ['idea.id'], name=op.f('fk_status_change_idea_id_idea')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_status_change'))
    )
    with op.batch_alter_table('status_change', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_status_change_idea_id'), ['idea_id'], unique=False)

    op.create_table('acceptance',
    sa.Column('topic_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('post_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('accepted_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('at', portal.database.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['accepted_by_id'], ['person.id'], name=op.f('fk_acceptance_accepted_by_id_person')),
    sa.ForeignKeyConstraint(['post_id'], ['post.id'], name=op.f('fk_acceptance_post_id_post')),
    sa.ForeignKeyConstraint(['topic_id'], ['topic.id'], name=op.f('fk_acceptance_topic_id_topic')),
    sa.PrimaryKeyConstraint('topic_id', name=op.f('pk_acceptance')),
    sa.UniqueConstraint('post_id', name=op.f('uq_acceptance_post_id'))
    )
    op.create_table('flag',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('idea_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('topic_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('post_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('reason', sa.String(length=20), nullable=False),
    sa.Column('note', sa.String(length=500), nullable=False),
    sa.Column('at', portal.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('outcome', sa.String(length=10), nullable=True),
    sa.Column('judged_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('judged_at', portal.database.UtcDateTime(timezone=True), nullable=True),
    sa.CheckConstraint("outcome IN ('upheld', 'rejected')", name=op.f('ck_flag_outcome')),
    sa.CheckConstraint('CASE WHEN idea_id IS NULL THEN 0 ELSE 1 END + CASE WHEN topic_id IS NULL THEN 0 ELSE 1 END + CASE WHEN post_id IS NULL THEN 0 ELSE 1 END = 1', name=op.f('ck_flag_one_subject')),
    sa.ForeignKeyConstraint(['idea_id'], ['idea.id'], name=op.f('fk_flag_idea_id_idea')),
    sa.ForeignKeyConstraint(['judged_by_id'], ['person.id'], name=op.f('fk_flag_judged_by_id_person')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_flag_person_id_person')),
    sa.ForeignKeyConstraint(['post_id'], ['post.id'], name=op.f('fk_flag_post_id_post')),
    sa.ForeignKeyConstraint(['topic_id'], ['topic.id'], name=op.f('fk_flag_topic_id_topic')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_flag')),
    sa.UniqueConstraint('person_id', 'idea_id', name=op.f('uq_flag_person_id_idea_id')),
    sa.UniqueConstraint('person_id', 'post_id', name=op.f('uq_flag_person_id_post_id')),
    sa.UniqueConstraint('person_id', 'topic_id', name=op.f('uq_flag_person_id_topic_id'))
    )
    with op.batch_alter_table('flag', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_flag_idea_id'), ['idea_id'], unique=False)
        batch_op.create_index('ix_flag_open', ['at', 'id'], unique=False, sqlite_where=sa.text('outcome IS NULL'), postgresql_where=sa.text('outcome IS NULL'))
        batch_op.create_index(batch_op.f('ix_flag_post_id'), ['post_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_flag_topic_id'), ['topic_id'], unique=False)

    op.create_table('moderation_act',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('act', sa.String(length=20), nullable=False),
    sa.Column('idea_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('topic_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('post_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('moderator_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('reason', sa.String(length=500), nullable=False),
    sa.Column('at', portal.database.UtcDateTime(timezone=True), nullable=False),
    sa.CheckConstraint('CASE WHEN idea_id IS NULL THEN 0 ELSE 1 END + CASE WHEN topic_id IS NULL THEN 0 ELSE 1 END + CASE WHEN post_id IS NULL THEN 0 ELSE 1 END = 1', name=op.f('ck_moderation_act_one_subject')),
    sa.ForeignKeyConstraint(['idea_id'], ['idea.id'], name=op.f('fk_moderation_act_idea_id_idea')),
    sa.ForeignKeyConstraint(['moderator_id'], ['person.id'], name=op.f('fk_moderation_act_moderator_id_person')),
    sa.ForeignKeyConstraint(['post_id'], ['post.id'], name=op.f('fk_moderation_act_post_id_post')),
    sa.ForeignKeyConstraint(['topic_id'], ['topic.id'], name=op.f('fk_moderation_act_topic_id_topic')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_moderation_act'))
    )
    with op.batch_alter_table('moderation_act', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_moderation_act_at_id'), ['at', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_moderation_act_idea_id'), ['idea_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_moderation_act_post_id'), ['post_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_moderation_act_topic_id'), ['topic_id'], unique=False)

    op.create_table('revision',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('idea_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('topic_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('post_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('title', sa.String(length=300), nullable=True),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('edited_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('at', portal.database.UtcDateTime(timezone=True), nullable=False),
    sa.CheckConstraint('CASE WHEN idea_id IS NULL THEN 0 ELSE 1 END + CASE WHEN topic_id IS NULL THEN 0 ELSE 1 END + CASE WHEN post_id IS NULL THEN 0 ELSE 1 END = 1', name=op.f('ck_revision_one_subject')),
    sa.ForeignKeyConstraint(['edited_by_id'], ['person.id'], name=op.f('fk_revision_edited_by_id_person')),
    sa.ForeignKeyConstraint(['idea_id'], ['idea.id'], name=op.f('fk_revision_idea_id_idea')),
    sa.ForeignKeyConstraint(['post_id'], ['post.id'], name=op.f('fk_revision_post_id_post')),
    sa.ForeignKeyConstraint(['topic_id'], ['topic.id'], name=op.f('fk_revision_topic_id_topic')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_revision'))
    )
    with op.batch_alter_table('revision', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_revision_idea_id'), ['idea_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_revision_post_id'), ['post_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_revision_topic_id'), ['topic_id'], unique=False)

    op.create_table('vote',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('idea_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('post_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('value', sa.SmallInteger(), nullable=False),
    sa.Column('cast_at', portal.database.UtcDateTime(timezone=True), nullable=False),
    sa.Column('imported', sa.Boolean(), nullable=False),
    sa.CheckConstraint('(idea_id IS NULL) <> (post_id IS NULL)', name=op.f('ck_vote_one_subject')),
    sa.CheckConstraint('value IN (1, -1)', name=op.f('ck_vote_value')),
    sa.ForeignKeyConstraint(['idea_id'], ['idea.id'], name=op.f('fk_vote_idea_id_idea')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_vote_person_id_person')),
    sa.ForeignKeyConstraint(['post_id'], ['post.id'], name=op.f('fk_vote_post_id_post')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_vote')),
    sa.UniqueConstraint('person_id', 'idea_id', name=op.f('uq_vote_person_id_idea_id')),
    sa.UniqueConstraint('person_id', 'post_id', name=op.f('uq_vote_person_id_post_id'))
    )
    with op.batch_alter_table('vote', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_vote_idea_id'), ['idea_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_vote_post_id'), ['post_id'], unique=False)
    _make_append_only("ledger_line")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_change() CASCADE")
    with op.batch_alter_table('vote', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_vote_post_id'))
        batch_op.drop_index(batch_op.f('ix_vote_idea_id'))

    op.drop_table('vote')
    with op.batch_alter_table('revision', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_revision_topic_id'))
        batch_op.drop_index(batch_op.f('ix_revision_post_id'))
        batch_op.drop_index(batch_op.f('ix_revision_idea_id'))

    op.drop_table('revision')
    with op.batch_alter_table('moderation_act', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_moderation_act_topic_id'))
        batch_op.drop_index(batch_op.f('ix_moderation_act_post_id'))
        batch_op.drop_index(batch_op.f('ix_moderation_act_idea_id'))
        batch_op.drop_index(batch_op.f('ix_moderation_act_at_id'))

    op.drop_table('moderation_act')
    with op.batch_alter_table('flag', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_flag_topic_id'))
        batch_op.drop_index(batch_op.f('ix_flag_post_id'))
        batch_op.drop_index('ix_flag_open', sqlite_where=sa.text('outcome IS NULL'), postgresql_where=sa.text('outcome IS NULL'))
        batch_op.drop_index(batch_op.f('ix_flag_idea_id'))

    op.drop_table('flag')
    op.drop_table('acceptance')
    with op.batch_alter_table('status_change', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_status_change_idea_id'))

    op.drop_table('status_change')
    with op.batch_alter_table('post', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_post_parent_id'))
        batch_op.drop_index(batch_op.f('ix_post_author_id_created_at_id'))
        batch_op.drop_index(batch_op.f('ix_post_author_id'))

    op.drop_table('post')
    op.drop_table('official_answer')
    with op.batch_alter_table('link', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_link_to_topic_id'))
        batch_op.drop_index(batch_op.f('ix_link_to_idea_id'))
        batch_op.drop_index(batch_op.f('ix_link_from_topic_id'))
        batch_op.drop_index(batch_op.f('ix_link_from_idea_id'))

    op.drop_table('link')
    with op.batch_alter_table('labelling', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_labelling_topic_id'))
        batch_op.drop_index(batch_op.f('ix_labelling_idea_id'))

    op.drop_table('labelling')
    with op.batch_alter_table('topic', schema=None) as batch_op:
        batch_op.drop_index('ix_topic_unanswered', sqlite_where=sa.text("kind = 'question' AND answers = 0"), postgresql_where=sa.text("kind = 'question' AND answers = 0"))
        batch_op.drop_index(batch_op.f('ix_topic_solved_at_id'))
        batch_op.drop_index(batch_op.f('ix_topic_last_activity_at_id'))
        batch_op.drop_index(batch_op.f('ix_topic_created_at_id'))
        batch_op.drop_index(batch_op.f('ix_topic_category_id_last_activity_at_id'))
        batch_op.drop_index(batch_op.f('ix_topic_author_id_created_at_id'))
        batch_op.drop_index(batch_op.f('ix_topic_author_id'))

    op.drop_table('topic')
    with op.batch_alter_table('sign_in_session', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_sign_in_session_person_id'))

    op.drop_table('sign_in_session')
    with op.batch_alter_table('ledger_line', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_ledger_line_source_source_id'))
        batch_op.drop_index(batch_op.f('ix_ledger_line_person_id_id'))
        batch_op.drop_index(batch_op.f('ix_ledger_line_cause'))

    op.drop_table('ledger_line')
    with op.batch_alter_table('imported_badge', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_imported_badge_person_id_awarded_at'))

    op.drop_table('imported_badge')
    with op.batch_alter_table('idea', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_idea_status_hot_id'))
        batch_op.drop_index(batch_op.f('ix_idea_score_id'))
        batch_op.drop_index(batch_op.f('ix_idea_hot_id'))
        batch_op.drop_index(batch_op.f('ix_idea_created_at_id'))
        batch_op.drop_index(batch_op.f('ix_idea_board_id_score_id'))
        batch_op.drop_index(batch_op.f('ix_idea_board_id_hot_id'))
        batch_op.drop_index(batch_op.f('ix_idea_board_id_created_at_id'))
        batch_op.drop_index(batch_op.f('ix_idea_author_id_created_at_id'))
        batch_op.drop_index(batch_op.f('ix_idea_author_id'))

    op.drop_table('idea')
    with op.batch_alter_table('entry', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_entry_xid_id'))
        batch_op.drop_index(batch_op.f('ix_entry_actor_id'))

    op.drop_table('entry')
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_person_company_id'))

    op.drop_table('person')
    with op.batch_alter_table('company_domain', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_company_domain_company_id'))

    op.drop_table('company_domain')
    op.drop_table('reader_position')
    op.drop_table('label')
    op.drop_table('company')
    op.drop_table('category')
    op.drop_table('board')


def _make_append_only(table: str) -> None:
    """Refuse UPDATE and DELETE (on PostgreSQL also TRUNCATE) in the database itself."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; "
        "END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
