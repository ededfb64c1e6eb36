"""A response has ended: what it collected about people is listed, to be destroyed."""

from __future__ import annotations

from region.incidents.events import IncidentClosed
from region.incidents.models import Incident
from region.people.actions.destroying import list_
from region.spine.flow import when
from region.spine.work import Work


@when(IncidentClosed)
def list_for_destruction(w: Work, e: IncidentClosed) -> None:
    """Those who may approve find it, and its clock runs."""
    list_(w, w.get(Incident, e.closed))
