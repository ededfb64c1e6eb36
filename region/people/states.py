"""The closed loops around personal data: an export, an opening in an emergency, a destruction."""

from region.spine.machine import Machine, Move

PACK = "people"

EXPORT = Machine(
    name="export",
    pack=PACK,
    start="asked",
    ends=frozenset({"refused", "expired"}),
    moves=(
        Move("approve", "asked", "approved", by="people.approve_export"),
        Move("refuse", "asked", "refused", by="people.approve_export"),
        Move("fetch", "approved", "approved", by="people.export"),
        Move("expire", "approved", "expired", by="people.export"),
        Move("expire", "asked", "expired", by="people.export"),
    ),
    limits={"asked": "export.answer", "approved": "export.keep"},
)

GLASS = Machine(
    name="break_glass",
    pack=PACK,
    start="open",
    ends=frozenset({"justified", "misused"}),
    moves=(
        Move("shut", "open", "shut", by="people.break_glass"),
        Move("justify", "shut", "justified", by="people.review"),
        Move("blame", "shut", "misused", by="people.review"),
    ),
    limits={"open": "glass.open", "shut": "glass.review"},
)
"""Access beyond one's own for two hours, for a reason, reviewed by somebody else by the next day."""

DESTRUCTION = Machine(
    name="destruction",
    pack=PACK,
    start="listed",
    ends=frozenset({"destroyed", "stopped"}),
    moves=(
        Move("approve_first", "listed", "approved_once", by="people.destroy"),
        Move("approve_second", "approved_once", "approved", by="people.destroy"),
        Move("destroy", "approved", "destroyed", by="people.destroy"),
        *(Move("hold", s, "held", by="people.review") for s in ("listed", "approved_once", "approved")),
        Move("free", "held", "listed", by="people.review"),
        *(Move("stop", s, "stopped", by="people.destroy") for s in ("listed", "approved_once", "held")),
    ),
    limits={
        "listed": "destruction.approve",
        "approved_once": "destruction.approve",
        "approved": "destruction.carry_out",
        "held": "destruction.hold",
    },
)
"""What a response collected about people is destroyed when it ends: listed, held or approved by two, certified."""
