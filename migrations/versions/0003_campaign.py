"""Campaigns: people as recipients, orders out of orders, progress, channels, addresses, handovers, groups."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"


OLD = {
    "directives": {
        "state": "state IN ('draft', 'awaiting_approval', 'approved', 'discarded', 'issued', 'closed', "
        "'superseded', 'cancelled')",
        "urgency": "urgency IN ('flash', 'urgent', 'priority', 'routine')",
    },
    "recipients": {
        "state": "state IN ('pending', 'delivered', 'acknowledged', 'in_progress', 'reported', 'returned', "
        "'accepted', 'waived', 'void')",
        "pressure": "pressure BETWEEN 0 AND 4",
    },
    "remarks": {"kind": "kind IN ('trouble', 'answer', 'waiver', 'return', 'phoned', 'escalation')"},
}
NEW = {
    "directives": {
        "state": "state IN ('draft', 'awaiting_approval', 'approved', 'discarded', 'issued', 'closed', "
        "'superseded', 'cancelled', 'withdrawing')",
        "urgency": OLD["directives"]["urgency"],
        "warning_level": "warning_level BETWEEN 0 AND 4",
    },
    "recipients": {
        "state": "state IN ('pending', 'delivered', 'acknowledged', 'in_progress', 'reported', 'returned', "
        "'accepted', 'waived', 'void', 'stopping', 'stopped')",
        "pressure": OLD["recipients"]["pressure"],
    },
    "remarks": {
        "kind": "kind IN ('trouble', 'answer', 'waiver', 'return', 'phoned', 'escalation', 'behalf', 'signer',"
        " 'cleared')",
    },
}


def _change_checks(old: dict[str, dict[str, str]], new: dict[str, dict[str, str]]) -> None:
    for table, rules in new.items():
        with op.batch_alter_table(table) as batch_op:
            for name in old[table]:
                batch_op.drop_constraint(op.f(f"ck_{table}_{name}"), type_="check")
            for name, rule in rules.items():
                batch_op.create_check_constraint(op.f(f"ck_{table}_{name}"), rule)


def upgrade() -> None:
    _new_tables()
    _more_columns()
    _change_checks(OLD, NEW)


def _new_tables() -> None:
    op.create_table(
        "channel_minutes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("minute", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lane", sa.String(length=40), nullable=False),
        sa.Column("tried", sa.Integer(), nullable=False),
        sa.Column("slow", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel_minutes")),
        sa.UniqueConstraint("channel", "minute", "lane", name=op.f("uq_channel_minutes_channel_minute_lane")),
    )
    with op.batch_alter_table("channel_minutes", schema=None) as batch_op:
        batch_op.create_index("ix_channel_minutes_minute", ["channel", "minute"], unique=False)

    op.create_table(
        "channel_states",
        sa.Column("id", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('well', 'demoted')", name=op.f("ck_channel_states_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel_states")),
    )
    op.create_table(
        "groups",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("name_zh", sa.String(length=80), nullable=False),
        sa.Column("name_en", sa.String(length=120), nullable=False),
        sa.Column("choice", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("realm", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_groups_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_groups")),
        sa.UniqueConstraint("realm", "place_id", "name_zh", name=op.f("uq_groups_realm_place_id_name_zh")),
    )
    with op.batch_alter_table("groups", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_groups_realm"), ["realm"], unique=False)

    op.create_table(
        "tallies",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("measure", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("realm", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_tallies_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tallies")),
        sa.UniqueConstraint(
            "realm", "place_id", "measure", "at", name=op.f("uq_tallies_realm_place_id_measure_at")
        ),
    )
    with op.batch_alter_table("tallies", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tallies_realm"), ["realm"], unique=False)

    op.create_table(
        "addresses",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("address", sa.String(length=1000), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("label", sa.String(length=60), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_addresses_account_id")),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_addresses_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_addresses")),
        sa.UniqueConstraint(
            "place_id", "channel", "digest", name=op.f("uq_addresses_place_id_channel_digest")
        ),
    )
    with op.batch_alter_table("addresses", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_addresses_account_id"), ["account_id"], unique=False)
        batch_op.create_index("ix_addresses_digest", ["channel", "digest"], unique=False)
        batch_op.create_index(batch_op.f("ix_addresses_place_id"), ["place_id"], unique=False)

    op.create_table(
        "handovers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("leaving_id", sa.Integer(), nullable=False),
        sa.Column("taking_id", sa.Integer(), nullable=False),
        sa.Column("items", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("realm", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('offered', 'accepted', 'refused', 'lapsed')", name=op.f("ck_handovers_state")
        ),
        sa.ForeignKeyConstraint(["leaving_id"], ["accounts.id"], name=op.f("fk_handovers_leaving_id")),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_handovers_place_id")),
        sa.ForeignKeyConstraint(["taking_id"], ["accounts.id"], name=op.f("fk_handovers_taking_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handovers")),
    )
    with op.batch_alter_table("handovers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_handovers_place_id"), ["place_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_handovers_realm"), ["realm"], unique=False)

    op.create_table(
        "progress",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("recipient_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("directive_id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("task", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("realm", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["directive_id"], ["directives.id"], name=op.f("fk_progress_directive_id")),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_progress_place_id")),
        sa.ForeignKeyConstraint(["recipient_id"], ["recipients.id"], name=op.f("fk_progress_recipient_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_progress")),
        sa.UniqueConstraint("uid", name=op.f("uq_progress_uid")),
    )
    with op.batch_alter_table("progress", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_progress_directive_id"), ["directive_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_progress_realm"), ["realm"], unique=False)
        batch_op.create_index("ix_progress_task", ["recipient_id", "task", "id"], unique=False)


def _more_columns() -> None:
    with op.batch_alter_table("deliveries") as batch_op:
        batch_op.add_column(sa.Column("account_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("rung", sa.String(length=12), nullable=False, server_default="site"))
        batch_op.add_column(sa.Column("reply_code", sa.String(length=8), nullable=True))
        batch_op.add_column(sa.Column("link_used_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(batch_op.f("ix_deliveries_reply_code"), ["reply_code"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_deliveries_account_id"), "accounts", ["account_id"], ["id"]
        )

    with op.batch_alter_table("directives") as batch_op:
        batch_op.add_column(
            sa.Column("passed_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(sa.Column("warning_level", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("public", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("end_note", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(
            sa.Column(
                "files", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False, server_default="[]"
            )
        )
        batch_op.alter_column("incident_id", existing_type=sa.Integer(), nullable=True)
        batch_op.create_index(batch_op.f("ix_directives_parent_id"), ["parent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_directives_passed_by_id"), ["passed_by_id"], unique=False)

    with op.batch_alter_table("recipients") as batch_op:
        batch_op.add_column(sa.Column("account_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("was_place_id", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column(
                "targets", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False, server_default="{}"
            )
        )
        batch_op.add_column(sa.Column("acknowledged_way", sa.String(length=10), nullable=True))
        batch_op.add_column(sa.Column("acknowledged_device", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("contradicted_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.drop_constraint(batch_op.f("uq_recipients_directive_id_place_id"), type_="unique")
        batch_op.create_index(batch_op.f("ix_recipients_account_id"), ["account_id"], unique=False)
        batch_op.create_index(
            "uq_recipients_person",
            ["directive_id", "account_id"],
            unique=True,
            sqlite_where=sa.text("account_id IS NOT NULL"),
            postgresql_where=sa.text("account_id IS NOT NULL"),
        )
        batch_op.create_index(
            "uq_recipients_site",
            ["directive_id", "place_id"],
            unique=True,
            sqlite_where=sa.text("account_id IS NULL"),
            postgresql_where=sa.text("account_id IS NULL"),
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_recipients_account_id"), "accounts", ["account_id"], ["id"]
        )


def downgrade() -> None:
    _change_checks(NEW, OLD)
    with op.batch_alter_table("recipients") as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_recipients_account_id"), type_="foreignkey")
        batch_op.drop_index(
            "uq_recipients_site",
            sqlite_where=sa.text("account_id IS NULL"),
            postgresql_where=sa.text("account_id IS NULL"),
        )
        batch_op.drop_index(
            "uq_recipients_person",
            sqlite_where=sa.text("account_id IS NOT NULL"),
            postgresql_where=sa.text("account_id IS NOT NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_recipients_account_id"))
        batch_op.create_unique_constraint(
            batch_op.f("uq_recipients_directive_id_place_id"), ["directive_id", "place_id"]
        )
        batch_op.drop_column("contradicted_at")
        batch_op.drop_column("stopped_at")
        batch_op.drop_column("acknowledged_device")
        batch_op.drop_column("acknowledged_way")
        batch_op.drop_column("targets")
        batch_op.drop_column("was_place_id")
        batch_op.drop_column("account_id")

    with op.batch_alter_table("directives") as batch_op:
        batch_op.drop_index(batch_op.f("ix_directives_passed_by_id"))
        batch_op.drop_index(batch_op.f("ix_directives_parent_id"))
        # Refused by the database where something went upward without a response: it must not be lost unseen.
        batch_op.alter_column("incident_id", existing_type=sa.Integer(), nullable=False)
        batch_op.drop_column("files")
        batch_op.drop_column("end_note")
        batch_op.drop_column("ended_at")
        batch_op.drop_column("public")
        batch_op.drop_column("warning_level")
        batch_op.drop_column("passed_by_id")

    with op.batch_alter_table("deliveries") as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_deliveries_account_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_deliveries_reply_code"))
        batch_op.drop_column("link_used_at")
        batch_op.drop_column("reply_code")
        batch_op.drop_column("rung")
        batch_op.drop_column("account_id")
    for table in (
        "progress",
        "handovers",
        "addresses",
        "tallies",
        "groups",
        "channel_states",
        "channel_minutes",
    ):
        op.drop_table(table)
