"""What people did about alerts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "alert_steps",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("alert_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("verb", sa.String(length=12), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("facts", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("realm", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name=op.f("fk_alert_steps_alert_id")),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_alert_steps_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_steps")),
    )
    with op.batch_alter_table("alert_steps", schema=None) as batch_op:
        batch_op.create_index("ix_alert_steps_alert", ["alert_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_alert_steps_place_id"), ["place_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_alert_steps_realm"), ["realm"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("alert_steps", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_alert_steps_realm"))
        batch_op.drop_index(batch_op.f("ix_alert_steps_place_id"))
        batch_op.drop_index("ix_alert_steps_alert")
    op.drop_table("alert_steps")
