"""Deciding by a table: the first row whose condition holds for the facts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rules.errors import RuleError
from rules.expression import Condition, checked_facts
from rules.schema import Fact, TableRule
from rules.units import frozen


@dataclass(frozen=True)
class Decision:
    """What a table decided: the row, its outcome (read-only), and the pack that answers for it."""

    table: str
    row_id: str
    outcome: Mapping[str, Any]
    pack_id: str
    digest: str


@dataclass(frozen=True)
class Table:
    """A table ready to decide: its conditions are compiled."""

    name: str
    facts: Mapping[str, Fact]
    rows: tuple[tuple[str, Condition, Mapping[str, Any]], ...]

    def first_match(self, facts: Mapping[str, object]) -> tuple[str, Mapping[str, Any]]:
        """The id and outcome of the first row whose condition holds; raises RuleError for wrong facts."""
        checked = checked_facts(self.facts, facts, self.name)
        for row_id, condition, outcome in self.rows:
            if condition.holds(checked):
                return row_id, outcome
        raise RuleError("no_row_matches", table=self.name)  # the schema demands a last row that always does


def compile_table(name: str, rule: TableRule) -> Table:
    """Compile every condition; raises ValueError whose args are (path inside the table, reason)."""
    rows = []
    for index, row in enumerate(rule.rows):
        try:
            rows.append((row.id, Condition(row.when, rule.facts), frozen(row.then)))
        except ValueError as error:
            raise ValueError(f"rows.{index}.when", str(error)) from error
    return Table(name, rule.facts, tuple(rows))
