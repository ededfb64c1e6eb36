"""Who infected whom, on screen: a drawing by days, the same as a table, and what the figures of the chains are."""

from __future__ import annotations

from flask import render_template, request

from region.incidents.queries import current
from region.spine.web import Routes
from region.spine.work import Work
from region.tracing import graph as figures
from region.tracing.queries import graph as shown

routes = Routes("graph", __name__)
READS = "tracing.read"
MOST_DRAWN = 600
"""More cases than this are drawn chain by chain only."""


@routes.get("/tracing/graph", needs=READS)
def page(w: Work) -> str:
    """The graph of the newest open incident; ``chain`` is the case that a chain begins with."""
    incident = current(w)
    if incident is None:
        return render_template("tracing/graph.html", incident=None)
    found, codes = shown.graph_of(w, incident.id)
    chains = figures.chains(found)
    chain = request.args.get("chain", type=int)
    if chain not in chains:
        chain = next(iter(chains), None) if len(found.nodes) > MOST_DRAWN else None
    counts = figures.offspring(found)
    sources: dict[int, list[figures.Edge]] = {}
    for edge in found.edges:
        sources.setdefault(edge.case, []).append(edge)
    return render_template(
        "tracing/graph.html",
        incident=incident,
        found=found,
        codes=codes,
        chains=chains,
        chain=chain,
        whole=len(found.nodes) <= MOST_DRAWN,
        sheet=shown.sheet(found, codes, chain),
        sources=sources,
        counts=counts,
        serial=figures.summary(figures.serial_intervals(found)),
        clusters=figures.cluster_sizes(found),
        spread=figures.distribution(found),
        dispersion=figures.dispersion(counts.values()),
        by_generation=figures.by_generation(found),
    )
