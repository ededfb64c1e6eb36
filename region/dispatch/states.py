"""The closed loops of dispatch: the directive, each recipient's task, and each delivery of it."""

from region.spine.machine import Machine, Move

DIRECTIVE = Machine(
    name="directive",
    start="draft",
    ends=frozenset({"closed", "superseded", "cancelled", "discarded"}),
    moves=(
        Move("submit", "draft", "awaiting_approval", by="dispatch.compose"),
        Move("approve", "awaiting_approval", "approved", by="dispatch.approve"),
        Move("send_back", "awaiting_approval", "draft", by="dispatch.approve"),
        Move("approve", "draft", "approved", by="dispatch.issue"),
        Move("issue", "approved", "issued", by="dispatch.issue"),
        Move("discard", "draft", "discarded", by="dispatch.compose"),
        Move("discard", "awaiting_approval", "discarded", by="dispatch.compose"),
        Move("discard", "approved", "discarded", by="dispatch.issue"),
        Move("close", "issued", "closed", by="system.operate"),
        Move("supersede", "issued", "superseded", by="dispatch.issue"),
        Move("cancel", "issued", "cancelled", by="dispatch.issue"),
    ),
    limits={"draft": "approve", "awaiting_approval": "approve", "approved": "issue", "issued": "close"},
)

RECIPIENT = Machine(
    name="recipient",
    start="pending",
    ends=frozenset({"accepted", "waived", "void"}),
    moves=(
        Move("deliver", "pending", "delivered", by="system.operate"),
        Move("acknowledge", "pending", "acknowledged", by="dispatch.acknowledge"),
        Move("acknowledge", "delivered", "acknowledged", by="dispatch.acknowledge"),
        Move("begin", "acknowledged", "in_progress", by="dispatch.report"),
        Move("report", "acknowledged", "reported", by="dispatch.report"),
        Move("report", "in_progress", "reported", by="dispatch.report"),
        Move("report", "returned", "reported", by="dispatch.report"),
        Move("accept", "reported", "accepted", by="dispatch.review"),
        Move("send_back", "reported", "returned", by="dispatch.review"),
        *(
            Move(verb, source, target, by=by)
            for verb, target, by in (
                ("waive", "waived", "dispatch.waive"),
                ("void", "void", "dispatch.issue"),
            )
            for source in ("pending", "delivered", "acknowledged", "in_progress", "reported", "returned")
        ),
    ),
    limits={
        "pending": "acknowledge",
        "delivered": "acknowledge",
        "acknowledged": "begin",
        "in_progress": "report",
        "reported": "review",
        "returned": "report",
    },
)

DELIVERY = Machine(
    name="delivery",
    start="owed",
    ends=frozenset({"delivered", "failed", "dropped"}),
    moves=(
        Move("deliver", "owed", "delivered", by="system.operate"),
        Move("fail", "owed", "failed", by="system.operate"),
        Move("drop", "owed", "dropped", by="system.operate"),
    ),
    limits={"owed": "deliver"},
)

OPEN = tuple(state for state in RECIPIENT.states if state not in RECIPIENT.ends)
UNSIGNED = ("pending", "delivered")
