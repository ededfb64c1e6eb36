"""What a person's own samples say of him while a pool that he was in is suspected; pure: samples in, a state out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

DUE, SAMPLED, RESTORED, POSITIVE = "pool_suspect", "resampled", "restored", "positive"
WAITING = (DUE, SAMPLED)
ALARMING = ("positive", "grey")
"""Results of a pool that recall its members: grey counts as positive for the recall, and makes no case."""


@dataclass(frozen=True)
class OwnSample:
    """One tube with nobody else in it, not refused by the laboratory; `result` is None while it waits for one."""

    tube: int
    at: datetime
    result: str | None


@dataclass(frozen=True)
class Standing:
    """Where a member of a pool stands, by which tube, and when his first usable sample since the recall was taken."""

    state: str
    tube: int | None = None
    sampled_at: datetime | None = None


def standing(
    samples: Iterable[OwnSample], *, pooled: datetime, raised: datetime, since: datetime
) -> Standing:
    """Judge the samples of one member of a pool that was sampled at `pooled` and recalled at `raised`.

    A positive one taken since `pooled` decides. Else the newest answer of those taken from `since` on (the newest of
    his open recalls): negative restores; after grey or invalid he is due again unless another sample waits.
    """
    ours = sorted(samples, key=lambda one: (one.at, one.tube))
    first = next((one.at for one in ours if one.at >= raised and one.result != "invalid"), None)
    positive = next((one for one in ours if one.result == "positive" and one.at >= pooled), None)
    if positive is not None:
        return Standing(POSITIVE, positive.tube, first)
    after = [one for one in ours if one.at >= since]
    told = next((one for one in reversed(after) if one.result in ("negative", "grey")), None)
    if told is not None and told.result == "negative":
        return Standing(RESTORED, told.tube, first)
    newest = after[-1] if after else None
    if newest is not None and newest.result is None:
        return Standing(SAMPLED, newest.tube, first)
    return Standing(DUE, None, first)
