"""Writing a DiagnosticReport with its specimen and observations inside it, and a Bundle of several; nobody is named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

LOINC, SNOMED = "http://loinc.org", "http://snomed.info/sct"
MEANINGS: Mapping[str, tuple[str, str]] = {
    "negative": ("260415000", "Not detected"),
    "positive": ("260373001", "Detected"),
    "grey": ("419984006", "Inconclusive"),
    "invalid": ("455371000124106", "Invalid result"),
}
"""SNOMED CT for each result."""


def write_report(
    *,
    system: str,
    tube: str,
    number: str,
    result: str,
    issued: datetime,
    collected: datetime | None,
    test: str,
    cycles: Mapping[str, float],
    corrected: bool = False,
) -> dict[str, Any]:
    """A report of one tube. `test` and the keys of `cycles` (Ct by target) are LOINC codes; `system` names our own."""
    status = "corrected" if corrected else "final"
    code, words = MEANINGS[result]
    whole = _observation("whole", test, status) | {
        "valueCodeableConcept": {"coding": [{"system": SNOMED, "code": code, "display": words}]}
    }
    targets = [
        _observation(f"ct-{n}", loinc, status) | {"valueQuantity": {"value": value}}
        for n, (loinc, value) in enumerate(cycles.items(), 1)
    ]
    specimen: dict[str, Any] = {
        "resourceType": "Specimen",
        "id": "tube",
        "identifier": [{"system": f"{system}:tube", "value": tube}],
    }
    if collected is not None:
        specimen["collection"] = {"collectedDateTime": collected.isoformat()}
    return {
        "resourceType": "DiagnosticReport",
        "contained": [specimen, whole, *targets],
        "identifier": [{"system": f"{system}:result", "value": number}],
        "status": status,
        "code": _loinc(test),
        "issued": issued.isoformat(),
        "specimen": [{"reference": "#tube"}],
        "result": [{"reference": f"#{one['id']}"} for one in (whole, *targets)],
    }


def _loinc(code: str) -> dict[str, Any]:
    return {"coding": [{"system": LOINC, "code": code}]}


def _observation(id: str, code: str, status: str) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "id": id,
        "status": status,
        "code": _loinc(code),
        "specimen": {"reference": "#tube"},
    }


def bundle(resources: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A collection of resources."""
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": one} for one in resources]}
