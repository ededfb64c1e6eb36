"""Results for other systems as FHIR R4: reports in, and the report of one tube out."""

from __future__ import annotations

import json
from typing import Any

from flask import Response, request

from region.formats import fhir
from region.interop.actions.fhir_results import take_in
from region.interop.queries.fhir_out import report_of
from region.places import wording
from region.spine.errors import Fault, Invalid, Missing, Refused, Stale
from region.spine.web import Routes, current_lang, fault_text
from region.spine.work import Work

routes = Routes("fhir", __name__)
TYPE = "application/fhir+json"
MOST_BYTES = 20_000_000
ISSUES = {403: "forbidden", 404: "not-found", 409: "conflict", 422: "invalid"}


@routes.post("/api/v1/fhir/DiagnosticReport", needs="sampling.report")
def receive(w: Work) -> Response:
    """A laboratory's system hands in a DiagnosticReport, or a Bundle of them (the body of the request).

    200 when all stand; 422 with an OperationOutcome that names each fault by its place, the others standing.
    """
    data = request.get_data(cache=False)
    try:
        if w.actor.site_id is None:
            raise Refused("site-alone", needs="sampling.report")
        taken = take_in(w, w.actor.site_id, _document(data), data)
    except Stale:
        raise
    except (Invalid, Missing, Refused) as fault:
        return _fault(fault)
    lang = current_lang()
    sentences = [_sentence(lang, one) for one in taken.wrong]
    return _answer(fhir.outcome(taken.wrong, sentences), 422 if taken.wrong else 200)


@routes.get("/api/v1/fhir/DiagnosticReport/<code>", needs="sampling.read")
def show(w: Work, code: str) -> Response:
    """The report of the tube with this code, without persons."""
    try:
        return _answer(report_of(w, code), 200)
    except Missing as fault:
        return _fault(fault)


def _document(data: bytes) -> Any:
    if len(data) > MOST_BYTES:
        raise Invalid("too-large")
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Invalid("bad-request") from error


def _sentence(lang: str, one: fhir.Wrong) -> str:
    """What is said beside a fault: the sentence of a refused result, else its fact."""
    code = f"result_{one.fact}"
    said = wording.finding(lang, {"code": code, "facts": {}})
    return one.fact if said == code else said


def _fault(fault: Fault) -> Response:
    wrong = fhir.Wrong(ISSUES.get(fault.status, "exception"), "$this")
    return _answer(fhir.outcome([wrong], [fault_text(current_lang(), fault)]), fault.status)


def _answer(resource: dict[str, Any], status: int) -> Response:
    return Response(json.dumps(resource, ensure_ascii=False), status=status, mimetype=TYPE)
