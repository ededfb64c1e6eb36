"""The cases of an incident that the actor may know of, and who of them may have infected whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from region.spine.work import Work
from region.tracing.graph import Edge, Graph, Node
from region.tracing.models import Case, Infection

MOST = 3000
"""So many cases in one drawing; the newest ones are left out, and the page says how many."""


@dataclass(frozen=True)
class Chains:
    """The graph, each case's code, how many cases there are in all, and how many sources lie outside what is known."""

    graph: Graph
    codes: Mapping[int, str]
    cases: int
    elsewhere: int


def chains(w: Work, incident: int) -> Chains:
    """Who infected whom; a case whose onset is not known stands without a day. Void cases are none."""
    mine = (Case.incident_id == incident, Case.state != "void")
    total = int(w.session.scalar(select(func.count()).select_from(Case).where(*mine)) or 0)
    wanted = select(Case.id, Case.code, Case.onset_on).where(*mine).order_by(Case.id).limit(MOST)
    rows = w.session.execute(wanted).all()
    edges = _edges(w, incident)
    graph = Graph([Node(row.id, row.onset_on) for row in rows], edges)
    return Chains(graph, {row.id: row.code for row in rows}, total, len(edges) - len(graph.edges))


def _edges(w: Work, incident: int) -> Sequence[Edge]:
    wanted = (
        select(Infection.case_id, Infection.source_id, Infection.likely)
        .join(Case, Case.id == Infection.case_id)
        .where(Case.incident_id == incident, Case.state != "void")
        .order_by(Infection.case_id, Infection.source_id)
    )
    return [Edge(row.case_id, row.source_id, row.likely) for row in w.session.execute(wanted)]
