"""Taking in FHIR reports: each becomes a result of its laboratory; what could not be taken is journalled by place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from region.formats.fhir import Report, Wrong, read_reports
from region.interop.events import MessageRefused
from region.interop.queries.fhir_in import result_of
from region.sampling.actions.reporting import Reported, Result, report
from region.sampling.result_words import words
from region.spine.work import Work

RULES = {"tube_ended", "contrary"}


@dataclass(frozen=True)
class Taken:
    """What became of reports: those reported, and what was wrong with the others."""

    reported: Reported
    wrong: list[Wrong]


def take_in(w: Work, lab: int, doc: Any, data: bytes) -> Taken:
    """Report what a DiagnosticReport or a Bundle of them tells; faults come back by their place, the others stand."""
    w.need("sampling.report", lab)
    try:
        reports, wrong = read_reports(doc)
    except Wrong as fault:
        reports, wrong = [], [fault]
    known, given, good = words(w), list[Result](), list[Report]()
    for one in reports:
        try:
            given.append(result_of(one, known))
            good.append(one)
        except Wrong as fault:
            wrong.append(fault)
    reported = report(w, lab, given, source="fhir")
    for refused in reported.refused:
        code = "business-rule" if refused.why in RULES else "value"
        wrong.append(Wrong(code, good[refused.index].specimen_path, refused.why))
    if wrong:
        at = re.sub(r"[^\w.]", ".", wrong[0].expression)[:80]
        digest = sha256(data).hexdigest()
        w.tell(MessageRefused(digest=digest, way="fhir", fault=wrong[0].code, at=at, place=lab))
    return Taken(reported, wrong)
