"""Closed loops as data: states, moves, who may make them, and the named limit of each waiting state."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from region.spine.errors import Broken, Refused, Stale

if TYPE_CHECKING:
    from region.spine.work import Work


class Stateful(Protocol):
    """A row that a machine moves."""

    id: Any
    state: Any
    since: Any
    version: Any


@dataclass(frozen=True)
class Move:
    """One way from one state to another; `by` is the capability that allows it."""

    verb: str
    source: str
    target: str
    by: str


@dataclass(frozen=True)
class Machine:
    """A closed loop. `limits` names, for each waiting state, the rule of `pack` that says how long it may wait."""

    name: str
    start: str
    ends: frozenset[str]
    moves: tuple[Move, ...]
    limits: dict[str, str] = field(default_factory=dict)
    pack: str = "directives"

    @property
    def states(self) -> tuple[str, ...]:
        """All states, the start first, in the order in which the moves name them."""
        seen = dict.fromkeys([self.start])
        for move in self.moves:
            seen |= dict.fromkeys([move.source, move.target])
        return tuple(seen)

    def check_sql(self) -> str:
        """The CHECK constraint of the `state` column."""
        return "state IN (" + ", ".join(f"'{state}'" for state in self.states) + ")"

    def sources(self, verb: str) -> tuple[str, ...]:
        """The states from which `verb` may be made."""
        found = tuple(move.source for move in self.moves if move.verb == verb)
        if not found:
            raise Broken("no-such-verb", machine=self.name, verb=verb)
        return found

    def find(self, verb: str, state: str) -> Move:
        """The move that `verb` makes from `state`; Refused when there is none."""
        self.sources(verb)
        for move in self.moves:
            if move.verb == verb and move.source == state:
                return move
        raise Refused("not-from-here", machine=self.name, verb=verb, state=state)

    def verbs(self, state: str) -> tuple[str, ...]:
        """What may be done from `state`."""
        return tuple(move.verb for move in self.moves if move.source == state)

    def move(self, w: Work, row: Stateful, verb: str, *, place: int | None = None) -> Move:
        """Make a move: checks the state and the capability, sets state and since, counts the version up."""
        move = self.find(verb, row.state)
        w.need(move.by, place)
        row.state, row.since, row.version = move.target, w.now, row.version + 1
        return move

    def faults(self) -> list[str]:
        """What keeps this loop from closing: dead ends, unreachable states, waiting without a limit."""
        found = [f"{s}: no limit" for s in self.states if s not in self.ends and s not in self.limits]
        found += [f"{s}: no way to an end" for s in self.states if not self._reaches_end(s)]
        reached = self._from(self.start)
        found += [f"{s}: cannot be reached" for s in self.states if s not in reached]
        found += [f"{m.verb}: leaves the end {m.source}" for m in self.moves if m.source in self.ends]
        return found

    def _from(self, state: str) -> set[str]:
        seen, todo = {state}, [state]
        while todo:
            at = todo.pop()
            new = {move.target for move in self.moves if move.source == at} - seen
            seen |= new
            todo.extend(new)
        return seen

    def _reaches_end(self, state: str) -> bool:
        return bool(self._from(state) & self.ends)

    def mermaid(self) -> str:
        """The loop as a Mermaid state diagram, for the documentation."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.start}"]
        lines += [f"    {m.source} --> {m.target}: {m.verb}" for m in self.moves]
        return "\n".join(lines + [f"    {end} --> [*]" for end in sorted(self.ends)])


def same_version(row: Any, version: int | None) -> None:
    """Raise Stale when somebody changed the row since `version` of it was read."""
    if version is not None and row.version != version:
        raise Stale("changed-meanwhile", what=type(row).__name__.lower(), id=row.id)
