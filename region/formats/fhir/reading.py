"""A DiagnosticReport, alone or in a Bundle, as plain records: the specimen, what was observed, when it was issued."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from region.formats.fhir.resources import Part, Wrong

FINAL = frozenset({"final", "amended", "corrected", "appended"})
STATUS = FINAL | {"registered", "partial", "preliminary", "cancelled", "entered-in-error", "unknown"}
BUNDLES = frozenset({"transaction", "batch", "collection", "message"})
MOST_REPORTS = 5000


@dataclass(frozen=True)
class Observation:
    """One observation: codes and words of what was observed, and of its value; a number as text."""

    path: str
    codes: Sequence[str]
    text: str
    values: Sequence[str]
    number: float | None
    final: bool


@dataclass(frozen=True)
class Report:
    """One report: the code on the tube, the laboratory's own number, when it was issued, and where each stands."""

    path: str
    specimen: str
    specimen_path: str
    number: str
    issued: datetime
    codes: Sequence[str]
    observations: Sequence[Observation]
    conclusions: Sequence[str]


def read_reports(doc: Any) -> tuple[list[Report], list[Wrong]]:
    """The reports of a resource or Bundle, and what is wrong with those that could not be read.

    Wrong itself for what is neither. Who the subject is, is not read.
    """
    root = Part(doc, "$this")
    kind = root.text("resourceType")
    if kind == "DiagnosticReport":
        reports = [Part(doc, kind)]
        known: Mapping[str, Part] = {}
    elif kind == "Bundle":
        reports, known = _entries(Part(doc, kind))
    else:
        raise Wrong("not-supported", "$this.resourceType", kind[:40])
    found: list[Report] = []
    wrong: list[Wrong] = []
    for one in reports:
        try:
            found.append(_report(one, known))
        except Wrong as fault:
            wrong.append(fault)
    return found, wrong


def _entries(root: Part) -> tuple[list[Part], dict[str, Part]]:
    """The reports of a Bundle, and all its resources by every reference that may mean them."""
    if root.required("type") not in BUNDLES:
        raise Wrong("not-supported", f"{root.path}.type", root.text("type")[:40])
    known: dict[str, Part] = {}
    reports: list[Part] = []
    for entry in root.parts("entry"):
        resource = entry.part("resource")
        kind = resource.required("resourceType")
        if entry.text("fullUrl"):
            known[entry.text("fullUrl")] = resource
        if resource.text("id"):
            known[f"{kind}/{resource.text('id')}"] = resource
        if kind == "DiagnosticReport":
            reports.append(resource)
    if not reports:
        raise Wrong("required", f"{root.path}.entry")
    if len(reports) > MOST_REPORTS:
        raise Wrong("too-long", f"{root.path}.entry", str(MOST_REPORTS))
    return reports, known


def _report(report: Part, known: Mapping[str, Part]) -> Report:
    status = report.required("status")
    if status not in STATUS:
        raise Wrong("code-invalid", f"{report.path}.status")
    if status not in FINAL:
        raise Wrong("business-rule", f"{report.path}.status", status)
    issued = report.moment("issued") or report.moment("effectiveDateTime")
    if issued is None:
        raise Wrong("required", f"{report.path}.issued")
    codes, _words = report.codings("code")
    if not codes:
        raise Wrong("required", f"{report.path}.code.coding")
    inside = {f"#{one.text('id')}": one for one in report.parts("contained") if one.text("id")}
    known = {**known, **inside}
    code, path = _specimen(report, known)
    concluded = [code for one in report.parts("conclusionCode") for code in _codes(one)]
    return Report(
        path=report.path,
        specimen=code,
        specimen_path=path,
        number=next((one.text("value") for one in report.parts("identifier") if one.text("value")), ""),
        issued=issued,
        codes=codes,
        observations=[_observation(_meant(one, known, "Observation")) for one in report.parts("result")],
        conclusions=[*concluded, *filter(None, [report.text("conclusion")])],
    )


def _codes(concept: Part) -> list[str]:
    said = [one.text(name) for one in concept.parts("coding") for name in ("code", "display")]
    return [one for one in [*said, concept.text("text")] if one]


def _specimen(report: Part, known: Mapping[str, Part]) -> tuple[str, str]:
    """The code on the tube: the specimen's identifier, else its accession; of one specimen, not several."""
    references = report.parts("specimen")
    if len(references) != 1:
        raise Wrong("required" if not references else "too-many", f"{report.path}.specimen")
    reference = references[0]
    if reference.text("reference"):
        specimen = _meant(reference, known, "Specimen")
        values = [one.text("value") for one in specimen.parts("identifier")]
        accession = specimen.part("accessionIdentifier")
        values += [accession.text("value")] if accession.value is not None else []
        path = f"{specimen.path}.identifier[0].value"
    else:
        identifier = reference.part("identifier")
        values = [identifier.text("value")] if identifier.value is not None else []
        path = f"{reference.path}.identifier.value"
    code = next(filter(None, values), "")
    if not code:
        raise Wrong("required", path)
    return code, path


def _meant(reference: Part, known: Mapping[str, Part], kind: str) -> Part:
    found = known.get(reference.required("reference"))
    if found is None or found.text("resourceType") != kind:
        raise Wrong("not-found", f"{reference.path}.reference", kind)
    return found


def _observation(one: Part) -> Observation:
    status = one.required("status")
    if status not in STATUS:
        raise Wrong("code-invalid", f"{one.path}.status")
    codes, text = one.codings("code")
    values = [*_codes(one.part("valueCodeableConcept"))] if one.part("valueCodeableConcept").value else []
    values += filter(None, [one.text("valueString")])
    return Observation(
        path=one.path, codes=codes, text=text, values=values, number=_number(one), final=status in FINAL
    )


def _number(one: Part) -> float | None:
    quantity = one.part("valueQuantity")
    if quantity.value is None:
        return None
    number = quantity.part("value").value
    if isinstance(number, bool) or not isinstance(number, int | float):
        raise Wrong("value", f"{quantity.path}.value")
    return float(number)
