"""The seals of the journal's days."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "day_seals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(length=64), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("realm", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_day_seals"),
        sa.UniqueConstraint("realm", "day", name="uq_day_seals_realm_day"),
    )
    op.create_index("ix_day_seals_realm", "day_seals", ["realm"])


def downgrade() -> None:
    op.drop_index("ix_day_seals_realm", table_name="day_seals")
    op.drop_table("day_seals")
