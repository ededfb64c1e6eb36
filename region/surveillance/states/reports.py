"""The closed loop of a report card: entered, looked at by the county's centre, and then counted for good or void."""

from region.spine.machine import Machine, Move

PACK = "surveillance"

REPORT = Machine(
    name="case_report",
    pack=PACK,
    start="entered",
    ends=frozenset({"reviewed", "void"}),
    moves=(
        Move("review", "entered", "reviewed", by="surveillance.review"),
        Move("void", "entered", "void", by="surveillance.review"),
    ),
    limits={"entered": "report.review"},
)
"""A card counts from the moment it is entered. Void: a duplicate, or no case; it counts no more."""
