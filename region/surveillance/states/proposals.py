"""The closed loops of surveillance: a proposal that somebody may be a case."""

from region.spine.machine import Machine, Move

PACK = "sampling"

PROPOSAL = Machine(
    name="case_proposal",
    pack=PACK,
    start="proposed",
    ends=frozenset({"accepted", "dismissed"}),
    moves=(
        Move("accept", "proposed", "accepted", by="surveillance.triage"),
        Move("dismiss", "proposed", "dismissed", by="surveillance.triage"),
    ),
    limits={"proposed": "proposal.decide"},
)
"""A laboratory's finding is proposed as a case; an epidemiologist decides. The system makes no case by itself."""
