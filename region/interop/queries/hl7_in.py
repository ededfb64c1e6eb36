"""An HL7 order as a result of a tube: what is certain is taken, the rest refused by its place in the message."""

from __future__ import annotations

from region.formats.hl7 import Observation, Order, Results, Wrong
from region.sampling.result_told import Result
from region.sampling.result_words import Words

LARGEST_CT = 60.0


def result_of(order: Order, message: Results, words: Words) -> Result:
    """The result that an order tells; Wrong (with its place) where it tells none, several, or one not final."""
    if not order.specimen:
        raise Wrong(101, order.specimen_place or order.place)
    targets: dict[str, float] = {}
    found: list[tuple[Observation, str]] = []
    for one in order.observations:
        target, result = words.target(one.code, one.text), words.result(one.value, one.value_text)
        if target is not None and result is None:
            targets |= _ct(one, target)
        elif result is not None:
            found.append((one, result))
    observation, result = _whole(order, found, words)
    if not observation.final:
        raise Wrong(103, observation.place.rsplit("^", 1)[0] + "^11", observation.status[:10])
    return Result(
        code=order.specimen,
        result=result,
        reported_at=order.at or message.at,
        ct_n=targets.get("ct_n"),
        ct_orf=targets.get("ct_orf"),
        mark=f"{message.facility}/{order.number}",
    )


def _whole(order: Order, found: list[tuple[Observation, str]], words: Words) -> tuple[Observation, str]:
    """The observation that speaks for the test: by its code, else the only one there is."""
    named = [pair for pair in found if pair[0].code in words.tests]
    said = named or found
    if not said:
        raise Wrong(103, order.observations[0].place)
    if len({result for _one, result in said}) > 1:
        raise Wrong(103, said[1][0].place, "several")
    return said[0]


def _ct(one: Observation, target: str) -> dict[str, float]:
    """A target's Ct; one that is no number is a target that was not found, and none is kept."""
    try:
        value = float(one.value)
    except ValueError:
        return {}
    if not 0 < value <= LARGEST_CT:
        raise Wrong(102, one.place)
    return {target: value}
