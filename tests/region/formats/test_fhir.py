"""FHIR reports as plain JSON: read with their places, faults by FHIRPath, written and read again the same."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from typing import Any

import pytest

from region.formats import fhir

AT = datetime(2022, 8, 1, 7, 0, tzinfo=UTC)


def written(**facts: Any) -> dict[str, Any]:
    said: dict[str, Any] = {
        "system": "urn:x",
        "tube": "TUBE-0001",
        "number": "17",
        "result": "positive",
        "issued": AT,
        "collected": AT,
        "test": "94500-6",
        "cycles": {"94745-7": 30.5},
    }
    return fhir.write_report(**{**said, **facts})


def test_what_is_written_is_read_again() -> None:
    reports, wrong = fhir.read_reports(fhir.bundle([written(), written(tube="TUBE-0002", result="negative")]))
    assert not wrong and [one.specimen for one in reports] == ["TUBE-0001", "TUBE-0002"]
    first = reports[0]
    assert (first.number, first.issued, first.codes) == ("17", AT, ("94500-6",))
    whole, ct = first.observations
    assert whole.values[0] == "260373001" and whole.final and ct.number == 30.5
    assert ct.path == "Bundle.entry[0].resource.contained[2]"


def test_references_within_a_bundle() -> None:
    report = {
        "resourceType": "DiagnosticReport",
        "status": "final",
        "issued": "2022-08-01T15:00:00+08:00",
        "code": {"coding": [{"code": "94500-6"}]},
        "specimen": [{"reference": "urn:uuid:1"}],
        "result": [{"reference": "Observation/9"}],
        "subject": {"display": "张三"},
    }
    specimen = {"resourceType": "Specimen", "accessionIdentifier": {"value": "TUBE-7"}}
    seen = {"resourceType": "Observation", "id": "9", "status": "final", "valueString": "阴性"}
    doc = {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [{"resource": report}, {"fullUrl": "urn:uuid:1", "resource": specimen}, {"resource": seen}],
    }
    ((one,), wrong) = fhir.read_reports(doc)
    assert (
        not wrong and one.specimen == "TUBE-7" and one.observations[0].values == ["阴性"] and one.issued == AT
    )


@pytest.mark.parametrize(
    ("path", "value", "code", "where"),
    [
        ("status", "preliminary", "business-rule", "DiagnosticReport.status"),
        ("status", "done", "code-invalid", "DiagnosticReport.status"),
        ("status", None, "required", "DiagnosticReport.status"),
        ("issued", "2022-08-01", "value", "DiagnosticReport.issued"),
        ("issued", None, "required", "DiagnosticReport.issued"),
        ("code", {}, "required", "DiagnosticReport.code.coding"),
        ("code", [], "structure", "DiagnosticReport.code"),
        ("specimen", [], "required", "DiagnosticReport.specimen"),
        ("specimen", [{}, {}], "too-many", "DiagnosticReport.specimen"),
        ("specimen", [{"reference": "#whole"}], "not-found", "DiagnosticReport.specimen[0].reference"),
        ("specimen", [{"display": "x"}], "required", "DiagnosticReport.specimen[0].identifier.value"),
        ("result", [{"reference": "#none"}], "not-found", "DiagnosticReport.result[0].reference"),
        ("result", "x", "structure", "DiagnosticReport.result"),
        ("contained", [1], "structure", "DiagnosticReport.contained[0]"),
    ],
)
def test_a_fault_says_where(path: str, value: Any, code: str, where: str) -> None:
    doc = copy.deepcopy(written())
    doc[path] = value
    reports, (wrong,) = fhir.read_reports(doc)
    assert not reports and (wrong.code, wrong.expression) == (code, where)
    said = fhir.outcome([wrong], ["a sentence"])["issue"][0]
    assert said == {"severity": "error", "code": code, "expression": [where], "diagnostics": "a sentence"}


@pytest.mark.parametrize("doc", [None, [], 7, {}, {"resourceType": "Patient"}, {"resourceType": "Bundle"},
                                 {"resourceType": "Bundle", "type": "history"},
                                 {"resourceType": "Bundle", "type": "batch", "entry": [{}]}])  # fmt: skip
def test_what_is_no_report(doc: Any) -> None:
    with pytest.raises(fhir.Wrong):
        fhir.read_reports(doc)
