"""Runs the migrations on the connection that `region db` hands over."""

from __future__ import annotations

from typing import Any

from alembic import context
from alembic.autogenerate.api import AutogenContext

PLAIN = {"UTCDateTime": "sa.DateTime(timezone=True)", "Shape": "sa.LargeBinary()"}
DOC = 'sa.JSON().with_variant(JSONB(), "postgresql")'


def render_item(kind: str, item: Any, autogen: AutogenContext) -> str | bool:
    """Write our own column types as plain ones, so that no migration imports the application."""
    if kind != "type":
        return False
    if type(item).__name__ in PLAIN:
        return PLAIN[type(item).__name__]
    if type(item).__name__ == "JSON":
        autogen.imports.add("from sqlalchemy.dialects.postgresql import JSONB")
        return DOC
    if type(item).__name__ == "BigInteger":
        return 'sa.BigInteger().with_variant(sa.Integer(), "sqlite")'
    if type(item).__name__ == "String" and item._variant_mapping:
        return f'sa.String({item.length}).with_variant(sa.String({item.length}, collation="C"), "postgresql")'
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=context.config.attributes.get("metadata"),
    render_as_batch=True,
    render_item=render_item,
    compare_type=False,
)
with context.begin_transaction():
    context.run_migrations()
