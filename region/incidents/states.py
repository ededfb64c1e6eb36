"""The closed loop of an incident."""

from region.spine.machine import Machine, Move

INCIDENT = Machine(
    name="incident",
    start="open",
    ends=frozenset({"closed"}),
    moves=(
        Move("change_level", "open", "open", by="incidents.open"),
        Move("close", "open", "closed", by="incidents.close"),
    ),
    limits={"open": "incident.review"},
)
