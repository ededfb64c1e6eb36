"""A FHIR report as a result of a tube: what is certain is taken, the rest refused by its place in the resource."""

from __future__ import annotations

from region.formats.fhir import Observation, Report, Wrong
from region.interop.queries.hl7_in import LARGEST_CT
from region.sampling.result_told import Result
from region.sampling.result_words import Words


def result_of(report: Report, words: Words) -> Result:
    """The result that a report tells; Wrong where it tells none or several."""
    targets: dict[str, float] = {}
    for one in report.observations:
        target = words.target(*one.codes, one.text)
        if target is not None and one.number is not None:
            if not 0 < one.number <= LARGEST_CT:
                raise Wrong("value", f"{one.path}.valueQuantity.value")
            targets[target] = one.number
    return Result(
        code=report.specimen,
        result=_whole(report, words),
        reported_at=report.issued,
        ct_n=targets.get("ct_n"),
        ct_orf=targets.get("ct_orf"),
        mark=report.number[:200],
    )


def _whole(report: Report, words: Words) -> str:
    """What the observation of the test as a whole says, else the only one that says anything, else the conclusion."""
    said = [(one, found) for one in report.observations if (found := words.result(*one.values)) is not None]
    named = [pair for pair in said if words.tests.intersection(pair[0].codes)] or said
    if not named:
        concluded = words.result(*report.conclusions)
        if concluded is None:
            raise Wrong("code-invalid", f"{report.path}.result")
        return concluded
    _one_only(report, named)
    return named[0][1]


def _one_only(report: Report, named: list[tuple[Observation, str]]) -> None:
    if len({found for _one, found in named}) > 1:
        raise Wrong("conflict", f"{report.path}.result")
    for one, _found in named:
        if not one.final:
            raise Wrong("business-rule", f"{one.path}.status")
