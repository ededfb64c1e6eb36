"""Supplies and capacity: the stock ledger, counts, requests and transfers, plans, and their kept totals."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "lots",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("mark", sa.String(length=120), nullable=False),
        sa.Column("item", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("realm", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lots")),
        sa.UniqueConstraint("realm", "mark", name=op.f("uq_lots_realm_mark")),
    )
    with op.batch_alter_table("lots", schema=None) as batch_op:
        batch_op.create_index("ix_lots_item", ["item", "expires_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_lots_realm"), ["realm"], unique=False)

    op.create_table(
        "area_supplies",
        sa.Column("realm", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(length=32), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("known", sa.Integer(), nullable=False),
        sa.Column("on_hand", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("usable", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("coming", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("blocked", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("expired", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("near_expiry", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("burn", sa.Double(), nullable=True),
        sa.Column("days", sa.Double(), nullable=True),
        sa.Column("band", sa.String(length=8), nullable=False),
        sa.Column("red", sa.Integer(), nullable=False),
        sa.Column("amber", sa.Integer(), nullable=False),
        sa.Column("green", sa.Integer(), nullable=False),
        sa.Column("empty", sa.Integer(), nullable=False),
        sa.Column("unknown", sa.Integer(), nullable=False),
        sa.Column("first_place_id", sa.Integer(), nullable=True),
        sa.Column("first_days", sa.Double(), nullable=True),
        sa.Column("oldest_told", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reckoned_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_area_supplies_place_id")),
        sa.PrimaryKeyConstraint("realm", "place_id", "item", name=op.f("pk_area_supplies")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "capacities",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("total_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ready", sa.Integer(), nullable=True),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("in_use", sa.Integer(), nullable=True),
        sa.Column("in_use_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("broken", sa.Integer(), nullable=True),
        sa.Column("broken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("realm", sa.Integer(), nullable=False),
        sa.CheckConstraint("in_use + broken <= total", name=op.f("ck_capacities_total")),
        sa.CheckConstraint("ready <= total", name=op.f("ck_capacities_ready")),
        sa.CheckConstraint(
            "total >= 0 AND ready >= 0 AND in_use >= 0 AND broken >= 0", name=op.f("ck_capacities_numbers")
        ),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_capacities_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_capacities")),
        sa.UniqueConstraint("realm", "place_id", "kind", name=op.f("uq_capacities_realm_place_id_kind")),
    )
    with op.batch_alter_table("capacities", schema=None) as batch_op:
        batch_op.create_index("ix_capacities_kind", ["kind"], unique=False)
        batch_op.create_index(batch_op.f("ix_capacities_realm"), ["realm"], unique=False)

    op.create_table(
        "capacity_readings",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("ready", sa.Integer(), nullable=True),
        sa.Column("in_use", sa.Integer(), nullable=True),
        sa.Column("broken", sa.Integer(), nullable=True),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("realm", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_capacity_readings_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_capacity_readings")),
    )
    with op.batch_alter_table("capacity_readings", schema=None) as batch_op:
        batch_op.create_index("ix_capacity_readings_of", ["place_id", "kind", "at"], unique=False)

    op.create_table(
        "shelves",
        sa.Column("realm", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(length=32), nullable=False),
        sa.Column("on_hand", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reserved", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("blocked", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("expired", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("near_expiry", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("coming", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("target", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("first_expiry", sa.Date(), nullable=True),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stale", sa.Boolean(), nullable=False),
        sa.Column("burn", sa.Double(), nullable=True),
        sa.Column("burn_days", sa.Integer(), nullable=False),
        sa.Column("last_used", sa.Date(), nullable=True),
        sa.Column("inferred", sa.Boolean(), nullable=False),
        sa.Column("why", sa.String(length=8), nullable=False),
        sa.Column("days", sa.Double(), nullable=True),
        sa.Column("band", sa.String(length=8), nullable=False),
        sa.Column("recent", sa.LargeBinary(), nullable=True),
        sa.Column("reckoned_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "band IN ('red', 'amber', 'green', 'unknown', 'empty')", name=op.f("ck_shelves_band")
        ),
        sa.CheckConstraint("why IN ('known', 'never', 'one_day', 'silent')", name=op.f("ck_shelves_why")),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_shelves_place_id")),
        sa.PrimaryKeyConstraint("realm", "place_id", "item", name=op.f("pk_shelves")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("shelves", schema=None) as batch_op:
        batch_op.create_index("ix_shelves_item", ["item", "place_id"], unique=False)
        batch_op.create_index(
            "ix_shelves_stale",
            ["realm", "item", "place_id"],
            unique=False,
            sqlite_where=sa.text("stale = 1"),
            postgresql_where=sa.text("stale"),
        )

    op.create_table(
        "stock_days",
        sa.Column("realm", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(length=32), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("used", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("came", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("went", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("covers", sa.Integer(), nullable=False),
        sa.Column("inferred", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_stock_days_place_id")),
        sa.PrimaryKeyConstraint("realm", "item", "place_id", "day", name=op.f("pk_stock_days")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "stock_loads",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("options", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("plan", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("realm", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('planned', 'applied', 'dropped')", name=op.f("ck_stock_loads_state")),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_stock_loads_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_loads")),
    )
    with op.batch_alter_table("stock_loads", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stock_loads_digest"), ["digest"], unique=False)
        batch_op.create_index(batch_op.f("ix_stock_loads_realm"), ["realm"], unique=False)

    op.create_table(
        "stock_sheets",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uid", sa.String(length=60), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ref", sa.String(length=40), nullable=True),
        sa.Column("reason", sa.String(length=24), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("realm", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('receive', 'issue', 'send', 'arrive', 'adjust', 'expire', 'quarantine', 'release', 'return_in', 'return_out', 'reserve', 'free', 'write_off')",
            name=op.f("ck_stock_sheets_kind"),
        ),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_stock_sheets_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_sheets")),
        sa.UniqueConstraint("uid", "realm", name=op.f("uq_stock_sheets_uid_realm")),
    )
    with op.batch_alter_table("stock_sheets", schema=None) as batch_op:
        batch_op.create_index("ix_stock_sheets_place", ["place_id", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_stock_sheets_ref"), ["ref"], unique=False)

    op.create_table(
        "stocks",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(length=32), nullable=False),
        sa.Column("lot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("owner", sa.String(length=12), nullable=False),
        sa.Column("storage", sa.String(length=20), nullable=False),
        sa.Column("on_hand", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reserved", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("blocked", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("realm", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "owner IN ('own', 'government', 'enterprise', 'donated')", name=op.f("ck_stocks_owner")
        ),
        sa.CheckConstraint("blocked >= 0", name=op.f("ck_stocks_blocked")),
        sa.CheckConstraint("on_hand >= 0", name=op.f("ck_stocks_on_hand")),
        sa.CheckConstraint("reserved + blocked <= on_hand", name=op.f("ck_stocks_free")),
        sa.CheckConstraint("reserved >= 0", name=op.f("ck_stocks_reserved")),
        sa.ForeignKeyConstraint(["lot_id"], ["lots.id"], name=op.f("fk_stocks_lot_id")),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_stocks_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stocks")),
        sa.UniqueConstraint(
            "realm",
            "place_id",
            "lot_id",
            "owner",
            "storage",
            name=op.f("uq_stocks_realm_place_id_lot_id_owner_storage"),
        ),
    )
    with op.batch_alter_table("stocks", schema=None) as batch_op:
        batch_op.create_index("ix_stocks_lot", ["lot_id"], unique=False)
        batch_op.create_index("ix_stocks_shelf", ["place_id", "item"], unique=False)

    op.create_table(
        "lot_recalls",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("realm", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("recalled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recalled_by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["lot_id"], ["lots.id"], name=op.f("fk_lot_recalls_lot_id")),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_lot_recalls_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot_recalls")),
        sa.UniqueConstraint("realm", "lot_id", "place_id", name=op.f("uq_lot_recalls_realm_lot_id_place_id")),
    )
    op.create_table(
        "stock_counts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uid", sa.String(length=60), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=8), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("load_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("realm", sa.Integer(), nullable=False),
        sa.CheckConstraint("source IN ('screen', 'file', 'api')", name=op.f("ck_stock_counts_source")),
        sa.ForeignKeyConstraint(["load_id"], ["stock_loads.id"], name=op.f("fk_stock_counts_load_id")),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_stock_counts_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_counts")),
        sa.UniqueConstraint("realm", "uid", name=op.f("uq_stock_counts_realm_uid")),
    )
    with op.batch_alter_table("stock_counts", schema=None) as batch_op:
        batch_op.create_index("ix_stock_counts_place", ["place_id", "counted_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_stock_counts_realm"), ["realm"], unique=False)

    op.create_table(
        "stock_movements",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sheet_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("stock_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("on_hand", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reserved", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("blocked", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("realm", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('receive', 'issue', 'send', 'arrive', 'adjust', 'expire', 'quarantine', 'release', 'return_in', 'return_out', 'reserve', 'free', 'write_off')",
            name=op.f("ck_stock_movements_kind"),
        ),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_stock_movements_place_id")),
        sa.ForeignKeyConstraint(["sheet_id"], ["stock_sheets.id"], name=op.f("fk_stock_movements_sheet_id")),
        sa.ForeignKeyConstraint(["stock_id"], ["stocks.id"], name=op.f("fk_stock_movements_stock_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_movements")),
    )
    with op.batch_alter_table("stock_movements", schema=None) as batch_op:
        batch_op.create_index("ix_stock_movements_sheet", ["sheet_id"], unique=False)
        batch_op.create_index("ix_stock_movements_stock", ["stock_id"], unique=False)

    op.create_table(
        "supply_plans",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=40), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=True),
        sa.Column("item", sa.String(length=32), nullable=False),
        sa.Column("asked", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("found", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("short", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(length=80), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("realm", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('reckoning', 'proposed', 'failed', 'approved', 'dropped')",
            name=op.f("ck_supply_plans_state"),
        ),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_supply_plans_incident_id")),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_supply_plans_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supply_plans")),
        sa.UniqueConstraint("realm", "uid", name=op.f("uq_supply_plans_realm_uid")),
    )
    with op.batch_alter_table("supply_plans", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_supply_plans_place_id"), ["place_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_supply_plans_realm"), ["realm"], unique=False)

    op.create_table(
        "supply_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=40), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("answer_place_id", sa.Integer(), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=True),
        sa.Column("needed_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("late_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("realm", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('requested', 'noted', 'accepted', 'declined', 'provisional', 'requisitioned', 'fulfilled', 'ended_short', 'cancelled')",
            name=op.f("ck_supply_requests_state"),
        ),
        sa.ForeignKeyConstraint(
            ["answer_place_id"], ["places.id"], name=op.f("fk_supply_requests_answer_place_id")
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.id"], name=op.f("fk_supply_requests_incident_id")
        ),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_supply_requests_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supply_requests")),
        sa.UniqueConstraint("realm", "uid", name=op.f("uq_supply_requests_realm_uid")),
    )
    with op.batch_alter_table("supply_requests", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_supply_requests_answer_place_id"), ["answer_place_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_supply_requests_place_id"), ["place_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_supply_requests_realm"), ["realm"], unique=False)

    op.create_table(
        "stock_count_lines",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("count_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(length=32), nullable=False),
        sa.Column("lot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("counted", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("expected", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("meaning", sa.String(length=8), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("realm", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "meaning IN ('use', 'loss', 'found', 'same', 'old')", name=op.f("ck_stock_count_lines_meaning")
        ),
        sa.CheckConstraint("counted >= 0", name=op.f("ck_stock_count_lines_counted")),
        sa.ForeignKeyConstraint(
            ["count_id"], ["stock_counts.id"], name=op.f("fk_stock_count_lines_count_id")
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["lots.id"], name=op.f("fk_stock_count_lines_lot_id")),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_stock_count_lines_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_count_lines")),
    )
    with op.batch_alter_table("stock_count_lines", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stock_count_lines_count_id"), ["count_id"], unique=False)
        batch_op.create_index("ix_stock_count_lines_shelf", ["place_id", "item", "count_id"], unique=False)

    op.create_table(
        "supply_plan_lines",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("giver_id", sa.Integer(), nullable=False),
        sa.Column("taker_id", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("proposed", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("quantity", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("why", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("edited_by", sa.String(length=80), nullable=True),
        sa.Column("edit_reason", sa.Text(), nullable=False),
        sa.Column("realm", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity >= 0", name=op.f("ck_supply_plan_lines_quantity")),
        sa.ForeignKeyConstraint(["giver_id"], ["places.id"], name=op.f("fk_supply_plan_lines_giver_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["lots.id"], name=op.f("fk_supply_plan_lines_lot_id")),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_supply_plan_lines_place_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["supply_plans.id"], name=op.f("fk_supply_plan_lines_plan_id")),
        sa.ForeignKeyConstraint(["taker_id"], ["places.id"], name=op.f("fk_supply_plan_lines_taker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supply_plan_lines")),
    )
    with op.batch_alter_table("supply_plan_lines", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_supply_plan_lines_plan_id"), ["plan_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_supply_plan_lines_realm"), ["realm"], unique=False)

    op.create_table(
        "supply_request_lines",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("answer_place_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(length=32), nullable=False),
        sa.Column("asked", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("approved", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("promised", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("received", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("realm", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "approved >= 0 AND promised >= 0 AND received >= 0", name=op.f("ck_supply_request_lines_numbers")
        ),
        sa.CheckConstraint("asked > 0", name=op.f("ck_supply_request_lines_asked")),
        sa.ForeignKeyConstraint(
            ["answer_place_id"], ["places.id"], name=op.f("fk_supply_request_lines_answer_place_id")
        ),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name=op.f("fk_supply_request_lines_place_id")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["supply_requests.id"], name=op.f("fk_supply_request_lines_request_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supply_request_lines")),
        sa.UniqueConstraint("request_id", "item", name=op.f("uq_supply_request_lines_request_id_item")),
    )
    with op.batch_alter_table("supply_request_lines", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_supply_request_lines_realm"), ["realm"], unique=False)

    op.create_table(
        "transfers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("giver_id", sa.Integer(), nullable=False),
        sa.Column("taker_id", sa.Integer(), nullable=False),
        sa.Column("ordered_for_id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=True),
        sa.Column("plan_id", sa.Integer(), nullable=True),
        sa.Column("returns_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shipped_by", sa.String(length=80), nullable=True),
        sa.Column("shipped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("carrier", sa.String(length=60), nullable=False),
        sa.Column("received_by", sa.String(length=80), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("explained_by", sa.String(length=80), nullable=True),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("settled_by", sa.String(length=80), nullable=True),
        sa.Column("ruling", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("late_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("realm", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('requisition', 'plan', 'offer', 'return')", name=op.f("ck_transfers_kind")
        ),
        sa.CheckConstraint(
            "state IN ('ordered', 'offered', 'refused', 'committed', 'cancelled', 'shipped', 'received', 'disputed', 'explained', 'turning_back', 'turned_back')",
            name=op.f("ck_transfers_state"),
        ),
        sa.CheckConstraint("giver_id <> taker_id", name=op.f("ck_transfers_sides")),
        sa.ForeignKeyConstraint(["giver_id"], ["places.id"], name=op.f("fk_transfers_giver_id")),
        sa.ForeignKeyConstraint(["ordered_for_id"], ["places.id"], name=op.f("fk_transfers_ordered_for_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["supply_plans.id"], name=op.f("fk_transfers_plan_id")),
        sa.ForeignKeyConstraint(["request_id"], ["supply_requests.id"], name=op.f("fk_transfers_request_id")),
        sa.ForeignKeyConstraint(["returns_id"], ["transfers.id"], name=op.f("fk_transfers_returns_id")),
        sa.ForeignKeyConstraint(["taker_id"], ["places.id"], name=op.f("fk_transfers_taker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfers")),
        sa.UniqueConstraint("realm", "uid", name=op.f("uq_transfers_realm_uid")),
    )
    with op.batch_alter_table("transfers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_transfers_giver_id"), ["giver_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_transfers_ordered_for_id"), ["ordered_for_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_transfers_plan_id"), ["plan_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_transfers_realm"), ["realm"], unique=False)
        batch_op.create_index(batch_op.f("ix_transfers_request_id"), ["request_id"], unique=False)
        batch_op.create_index("ix_transfers_state", ["realm", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_transfers_taker_id"), ["taker_id"], unique=False)

    op.create_table(
        "transfer_lines",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("transfer_id", sa.Integer(), nullable=False),
        sa.Column("giver_id", sa.Integer(), nullable=False),
        sa.Column("taker_id", sa.Integer(), nullable=False),
        sa.Column("ordered_for_id", sa.Integer(), nullable=False),
        sa.Column("request_line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("item", sa.String(length=32), nullable=False),
        sa.Column("lot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("owner", sa.String(length=12), nullable=True),
        sa.Column("stock_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("ordered", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sent", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("received", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("damaged", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("settled", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("settled_as", sa.String(length=12), nullable=True),
        sa.Column("realm", sa.Integer(), nullable=False),
        sa.CheckConstraint("ordered >= 0", name=op.f("ck_transfer_lines_ordered")),
        sa.CheckConstraint("received + damaged + settled <= sent", name=op.f("ck_transfer_lines_sent")),
        sa.CheckConstraint(
            "sent >= 0 AND received >= 0 AND damaged >= 0 AND settled >= 0",
            name=op.f("ck_transfer_lines_numbers"),
        ),
        sa.ForeignKeyConstraint(["giver_id"], ["places.id"], name=op.f("fk_transfer_lines_giver_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["lots.id"], name=op.f("fk_transfer_lines_lot_id")),
        sa.ForeignKeyConstraint(
            ["ordered_for_id"], ["places.id"], name=op.f("fk_transfer_lines_ordered_for_id")
        ),
        sa.ForeignKeyConstraint(
            ["request_line_id"], ["supply_request_lines.id"], name=op.f("fk_transfer_lines_request_line_id")
        ),
        sa.ForeignKeyConstraint(["stock_id"], ["stocks.id"], name=op.f("fk_transfer_lines_stock_id")),
        sa.ForeignKeyConstraint(["taker_id"], ["places.id"], name=op.f("fk_transfer_lines_taker_id")),
        sa.ForeignKeyConstraint(
            ["transfer_id"], ["transfers.id"], name=op.f("fk_transfer_lines_transfer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer_lines")),
    )
    with op.batch_alter_table("transfer_lines", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_transfer_lines_realm"), ["realm"], unique=False)
        batch_op.create_index("ix_transfer_lines_transfer", ["transfer_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("transfer_lines", schema=None) as batch_op:
        batch_op.drop_index("ix_transfer_lines_transfer")
        batch_op.drop_index(batch_op.f("ix_transfer_lines_realm"))

    op.drop_table("transfer_lines")
    with op.batch_alter_table("transfers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_transfers_taker_id"))
        batch_op.drop_index("ix_transfers_state")
        batch_op.drop_index(batch_op.f("ix_transfers_request_id"))
        batch_op.drop_index(batch_op.f("ix_transfers_realm"))
        batch_op.drop_index(batch_op.f("ix_transfers_plan_id"))
        batch_op.drop_index(batch_op.f("ix_transfers_ordered_for_id"))
        batch_op.drop_index(batch_op.f("ix_transfers_giver_id"))

    op.drop_table("transfers")
    with op.batch_alter_table("supply_request_lines", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_supply_request_lines_realm"))

    op.drop_table("supply_request_lines")
    with op.batch_alter_table("supply_plan_lines", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_supply_plan_lines_realm"))
        batch_op.drop_index(batch_op.f("ix_supply_plan_lines_plan_id"))

    op.drop_table("supply_plan_lines")
    with op.batch_alter_table("stock_count_lines", schema=None) as batch_op:
        batch_op.drop_index("ix_stock_count_lines_shelf")
        batch_op.drop_index(batch_op.f("ix_stock_count_lines_count_id"))

    op.drop_table("stock_count_lines")
    with op.batch_alter_table("supply_requests", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_supply_requests_realm"))
        batch_op.drop_index(batch_op.f("ix_supply_requests_place_id"))
        batch_op.drop_index(batch_op.f("ix_supply_requests_answer_place_id"))

    op.drop_table("supply_requests")
    with op.batch_alter_table("supply_plans", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_supply_plans_realm"))
        batch_op.drop_index(batch_op.f("ix_supply_plans_place_id"))

    op.drop_table("supply_plans")
    with op.batch_alter_table("stock_movements", schema=None) as batch_op:
        batch_op.drop_index("ix_stock_movements_stock")
        batch_op.drop_index("ix_stock_movements_sheet")

    op.drop_table("stock_movements")
    with op.batch_alter_table("stock_counts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stock_counts_realm"))
        batch_op.drop_index("ix_stock_counts_place")

    op.drop_table("stock_counts")
    op.drop_table("lot_recalls")
    with op.batch_alter_table("stocks", schema=None) as batch_op:
        batch_op.drop_index("ix_stocks_shelf")
        batch_op.drop_index("ix_stocks_lot")

    op.drop_table("stocks")
    with op.batch_alter_table("stock_sheets", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stock_sheets_ref"))
        batch_op.drop_index("ix_stock_sheets_place")

    op.drop_table("stock_sheets")
    with op.batch_alter_table("stock_loads", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stock_loads_realm"))
        batch_op.drop_index(batch_op.f("ix_stock_loads_digest"))

    op.drop_table("stock_loads")
    op.drop_table("stock_days")
    with op.batch_alter_table("shelves", schema=None) as batch_op:
        batch_op.drop_index("ix_shelves_stale")
        batch_op.drop_index("ix_shelves_item")

    op.drop_table("shelves")
    with op.batch_alter_table("capacity_readings", schema=None) as batch_op:
        batch_op.drop_index("ix_capacity_readings_of")

    op.drop_table("capacity_readings")
    with op.batch_alter_table("capacities", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_capacities_realm"))
        batch_op.drop_index("ix_capacities_kind")

    op.drop_table("capacities")
    op.drop_table("area_supplies")
    with op.batch_alter_table("lots", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lots_realm"))
        batch_op.drop_index("ix_lots_item")

    op.drop_table("lots")
