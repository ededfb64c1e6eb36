"""What a laboratory tells of one tube, what that means for the tube, and what became of all it told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any, Literal

SUSPECT = frozenset({"positive", "grey"})
"""Results after which nobody of the tube goes free before he was sampled again."""
Meaning = Literal["new", "changed", "same", "older", "unknown", "again", "refused"]
EFFECTIVE: frozenset[Meaning] = frozenset({"new", "changed", "same", "older"})


@dataclass(frozen=True, slots=True)
class Result:
    """One result as told. `result` is negative, positive, grey or invalid; `ct_n`, `ct_orf` are the two targets'.

    `mark` is the teller's own number of it (accession, message), where it has one.
    """

    code: str
    result: str
    reported_at: datetime
    ct_n: float | None = None
    ct_orf: float | None = None
    mark: str = ""


@dataclass(frozen=True, slots=True)
class TubeNow:
    """A tube as it stands."""

    id: int
    code: str
    lab_id: int | None
    place_id: int
    round_id: int | None
    stream: str
    members: int
    sampled_at: datetime | None
    closed_at: datetime | None
    state: str
    result: str | None
    result_at: datetime | None

    @property
    def pool(self) -> bool:
        """Whether several people are in it."""
        return self.members > 1

    @property
    def taken_at(self) -> datetime | None:
        """When it was closed, else when the first was sampled."""
        return self.closed_at or self.sampled_at


@dataclass(slots=True)
class Judged:
    """One result told, and what it means. `why` and `facts` say why it is refused; `id` is the row that keeps it.

    new: the tube's first · changed: another than stands · same: what stands already · older: later results stand ·
    unknown: no tube has this code yet · again: told before · refused.
    """

    index: int
    told: Result
    code: str
    mark: str
    lab: int
    tube: TubeNow | None = None
    foreign: TubeNow | None = None
    """The tube of this code that went to another laboratory: the teller is answered as if there were none."""
    meaning: Meaning = "new"
    why: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    id: int = 0

    def refuse(self, why: str, **facts: Any) -> None:
        """It may not stand, because …"""
        self.meaning, self.why, self.facts = "refused", why, facts

    @property
    def suspect(self) -> bool:
        """Positive or grey."""
        return self.told.result in SUSPECT


@dataclass(frozen=True)
class RefusedResult:
    """A result that was refused: its place in what was given (0 first), its code, why, and the facts to mend it by."""

    index: int
    code: str
    why: str
    facts: dict[str, Any]


@dataclass(frozen=True)
class Reported:
    """What became of results: those kept now by result; of them of unknown tubes and of changed tubes.

    `again` were told before or say what stands already.
    """

    negative: int = 0
    positive: int = 0
    grey: int = 0
    invalid: int = 0
    unknown: int = 0
    changed: int = 0
    again: int = 0
    refused: tuple[RefusedResult, ...] = ()

    @property
    def kept(self) -> int:
        """Results kept now."""
        return self.negative + self.positive + self.grey + self.invalid

    @classmethod
    def of(cls, judged: Iterable[Judged]) -> Reported:
        """The sums of what was judged."""
        results: Counter[str] = Counter()
        meanings: Counter[str] = Counter()
        refused = []
        for one in judged:
            meanings[one.meaning] += 1
            if one.meaning == "refused":
                code = one.code or str(one.facts.get("given", ""))
                refused.append(RefusedResult(one.index, code, one.why, one.facts))
            elif one.meaning not in ("again", "same"):
                results[one.told.result] += 1
        return cls(
            **results,
            unknown=meanings["unknown"],
            changed=meanings["changed"],
            again=meanings["again"] + meanings["same"],
            refused=tuple(refused),
        )


def mark_of(lab: int, code: str, one: Result) -> str:
    """What makes a result once: a digest of the laboratory, its own number, and all that it says.

    What it says belongs to it: a correction often carries the number of what it corrects, and must not be lost.
    """
    said = (lab, one.mark, code, one.result, one.reported_at.timestamp(), one.ct_n, one.ct_orf)
    return sha256("\x1f".join(map(str, said)).encode()).hexdigest()
