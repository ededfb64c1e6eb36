"""Report cards, and the counts of each day that detectors read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "case_reports",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("reporter_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("incident_id", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("source_ref", sa.String(length=80), nullable=False),
        sa.Column("item", sa.String(length=40), nullable=False),
        sa.Column("first_item", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("onset_on", sa.Date(), nullable=True),
        sa.Column("sampled_on", sa.Date(), nullable=True),
        sa.Column("diagnosed_on", sa.Date(), nullable=False),
        sa.Column("diagnosed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("died_on", sa.Date(), nullable=True),
        sa.Column("admitted", sa.Boolean(), nullable=False),
        sa.Column("imported", sa.Boolean(), nullable=False),
        sa.Column("facts", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("duplicate_of", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("revised_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.String(length=80), nullable=True),
        sa.Column("late_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("realm", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('suspected', 'clinical', 'confirmed', 'carrier')", name=op.f("ck_case_reports_kind")
        ),
        sa.CheckConstraint("state IN ('entered', 'reviewed', 'void')", name=op.f("ck_case_reports_state")),
        sa.ForeignKeyConstraint(
            ["duplicate_of"], ["case_reports.id"], name=op.f("fk_case_reports_duplicate_of")
        ),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_case_reports_incident_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_case_reports_person_id")),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_case_reports_place_id")),
        sa.ForeignKeyConstraint(["reporter_id"], ["places.id"], name=op.f("fk_case_reports_reporter_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["places.id"], name=op.f("fk_case_reports_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_reports")),
        sa.UniqueConstraint(
            "realm", "source", "source_ref", name=op.f("uq_case_reports_realm_source_source_ref")
        ),
    )
    with op.batch_alter_table("case_reports", schema=None) as batch_op:
        batch_op.create_index("ix_case_reports_item_day", ["item", "diagnosed_on", "place_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_reports_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_reports_place_id"), ["place_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_reports_realm"), ["realm"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_reports_reporter_id"), ["reporter_id"], unique=False)
        batch_op.create_index("ix_case_reports_unit", ["unit_id", "item", "diagnosed_on"], unique=False)

    op.create_table(
        "day_counts",
        sa.Column("realm", sa.Integer(), nullable=False),
        sa.Column("stream", sa.String(length=20), nullable=False),
        sa.Column("item", sa.String(length=40), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revised_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_day_counts_place_id")),
        sa.PrimaryKeyConstraint("realm", "stream", "item", "place_id", "day", name=op.f("pk_day_counts")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("day_counts", schema=None) as batch_op:
        batch_op.create_index("ix_day_counts_day", ["day", "stream", "item"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("day_counts", schema=None) as batch_op:
        batch_op.drop_index("ix_day_counts_day")

    op.drop_table("day_counts")

    with op.batch_alter_table("case_reports", schema=None) as batch_op:
        batch_op.drop_index("ix_case_reports_unit")
        batch_op.drop_index(batch_op.f("ix_case_reports_reporter_id"))
        batch_op.drop_index(batch_op.f("ix_case_reports_realm"))
        batch_op.drop_index(batch_op.f("ix_case_reports_place_id"))
        batch_op.drop_index(batch_op.f("ix_case_reports_person_id"))
        batch_op.drop_index("ix_case_reports_item_day")

    op.drop_table("case_reports")
