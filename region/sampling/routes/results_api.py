"""What laboratories' own systems say and ask of results."""

from __future__ import annotations

from typing import Any

from flask import jsonify, request
from sqlalchemy import select

from region.places import wording
from region.sampling.actions.reporting import report
from region.sampling.models import Tube
from region.sampling.result_sent import read_sent
from region.sampling.result_words import words
from region.spine.errors import Invalid, Refused
from region.spine.web import Routes, current_lang
from region.spine.work import Work

routes = Routes("results_api", __name__)
MOST_ASKED = 500
SUMS = ("negative", "positive", "grey", "invalid", "unknown", "changed", "again", "kept")


@routes.post("/api/v1/sampling/results", needs="sampling.report")
def report_results(w: Work) -> Any:
    """A laboratory's system reports: ``{results: [{tube, result, reported_at, ct_n, ct_orf, id}]}``.

    Each is kept once, by all that it says: sending the same again, whole or in part, changes nothing, so no
    Idempotency-Key is needed; one that is sent comes back in the answer. Refused ones are named by their place.
    """
    if w.actor.site_id is None:
        raise Refused("site-alone", needs="sampling.report")
    given = request.get_json(silent=True)
    if not isinstance(given, dict) or set(given) != {"results"}:
        raise Invalid("fields-wrong", field="results", fields=["results"])
    results, places, refused = read_sent(given["results"], words(w))
    reported = report(w, w.actor.site_id, results, source="api")
    lang = current_lang()
    for one in reported.refused:
        text = wording.finding(lang, {"code": f"result_{one.why}", "facts": one.facts})
        refused.append({"index": places[one.index], "why": one.why, "tube": one.code, "text": text})
    answer = jsonify(
        ok=not refused,
        refused=sorted(refused, key=lambda one: int(one["index"])),
        **{name: getattr(reported, name) for name in SUMS},
    )
    if key := request.headers.get("Idempotency-Key", ""):
        answer.headers["Idempotency-Key"] = key[:80]
    return answer


@routes.get("/api/v1/sampling/results", needs="sampling.read")
def status(w: Work) -> Any:
    """What stands for tubes: `tube` in the query, as often as wanted. One that is not known here is left out."""
    codes = request.args.getlist("tube")[:MOST_ASKED]
    found = w.session.scalars(select(Tube).where(Tube.code.in_(codes), ~Tube.contested).order_by(Tube.code))
    tubes = [
        {
            "tube": one.code,
            "state": one.state,
            "result": one.result,
            "reported_at": one.result_at.isoformat() if one.result_at else None,
        }
        for one in found
    ]
    return jsonify(as_of=w.now.isoformat(), tubes=tubes)
