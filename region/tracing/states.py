"""The closed loops of tracing: a case's investigation, a contact's way through the funnel, a letter to elsewhere."""

from region.spine.machine import Machine, Move

PACK = "tracing"

CASE = Machine(
    name="case",
    pack=PACK,
    start="found",
    ends=frozenset({"closed", "void"}),
    moves=(
        Move("assign", "found", "assigned", by="tracing.assign"),
        Move("save_core", "assigned", "core_known", by="tracing.investigate"),
        Move("report", "core_known", "reported", by="tracing.investigate"),
        Move("close", "reported", "closed", by="tracing.close"),
        Move("void", "found", "void", by="tracing.close"),
        Move("void", "assigned", "void", by="tracing.close"),
        Move("void", "core_known", "void", by="tracing.close"),
        Move("void", "reported", "void", by="tracing.close"),
    ),
    limits={
        "found": "case.assign",
        "assigned": "clock.investigation_core",
        "core_known": "clock.investigation_report",
        "reported": "case.close",
    },
)
"""A case in the hands of investigators. The limits of an incident's own pack come before those of this one."""

CONTACT = Machine(
    name="contact",
    pack=PACK,
    start="verifying",
    ends=frozenset({"converted", "released", "pushed", "excluded"}),
    moves=(
        Move("land", "verifying", "landed", by="tracing.trace"),
        Move("push", "verifying", "pushed", by="tracing.push"),
        Move("exclude", "verifying", "excluded", by="tracing.trace"),
        Move("convert", "verifying", "converted", by="tracing.trace"),
        Move("push", "landed", "pushed", by="tracing.push"),
        Move("exclude", "landed", "excluded", by="tracing.trace"),
        Move("convert", "landed", "converted", by="tracing.trace"),
        Move("release", "landed", "released", by="tracing.trace"),
    ),
    limits={"verifying": "contact.land", "landed": "contact.stay"},
)
"""own = landed + verifying; landed = central + home + hospital + awaiting + converted + released (K12)."""

LETTER = Machine(
    name="trace_letter",
    pack=PACK,
    start="sent",
    ends=frozenset({"answered", "withdrawn"}),
    moves=(
        Move("take", "sent", "taken", by="tracing.answer"),
        Move("answer", "taken", "answered", by="tracing.answer"),
        Move("answer", "sent", "answered", by="tracing.answer"),
        Move("withdraw", "sent", "withdrawn", by="tracing.push"),
        Move("withdraw", "taken", "withdrawn", by="tracing.push"),
    ),
    limits={"sent": "letter.answer", "taken": "letter.answer"},
)
"""A letter that asks another district, city or province to look for people, and what it answered."""
