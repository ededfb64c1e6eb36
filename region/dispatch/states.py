"""The closed loops of dispatch: directive, recipient's task, delivery, the handing over of duty."""

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
        Move("pass_on", "draft", "issued", by="dispatch.pass_on"),
        Move("ask", "draft", "issued", by="dispatch.request"),
        Move("close", "issued", "closed", by="system.operate"),
        Move("withdraw", "issued", "withdrawing", by="dispatch.issue"),
        Move("take_back", "issued", "withdrawing", by="dispatch.pass_on"),
        Move("cancel", "issued", "cancelled", by="system.operate"),
        Move("supersede", "withdrawing", "superseded", by="system.operate"),
        Move("cancel", "withdrawing", "cancelled", by="system.operate"),
    ),
    limits={
        "draft": "approve",
        "awaiting_approval": "approve",
        "approved": "issue",
        "issued": "close",
        "withdrawing": "stop",
    },
)

RECIPIENT = Machine(
    name="recipient",
    start="pending",
    ends=frozenset({"accepted", "waived", "void", "stopped"}),
    moves=(
        Move("deliver", "pending", "delivered", by="system.operate"),
        Move("acknowledge", "pending", "acknowledged", by="dispatch.acknowledge"),
        Move("acknowledge", "delivered", "acknowledged", by="dispatch.acknowledge"),
        Move("sign_for", "pending", "acknowledged", by="dispatch.behalf"),
        Move("sign_for", "delivered", "acknowledged", by="dispatch.behalf"),
        Move("begin", "acknowledged", "in_progress", by="dispatch.report"),
        Move("report", "acknowledged", "reported", by="dispatch.report"),
        Move("report", "in_progress", "reported", by="dispatch.report"),
        Move("report", "returned", "reported", by="dispatch.report"),
        Move("settle", "acknowledged", "accepted", by="dispatch.acknowledge"),
        Move("accept", "reported", "accepted", by="dispatch.review"),
        Move("send_back", "reported", "returned", by="dispatch.review"),
        *(
            Move(verb, source, target, by=by)
            for verb, target, by in (
                ("waive", "waived", "dispatch.waive"),
                ("release", "waived", "system.operate"),
                ("void", "void", "dispatch.issue"),
            )
            for source in ("pending", "delivered", "acknowledged", "in_progress", "reported", "returned")
        ),
        *(
            Move("stop", source, "stopping", by="dispatch.issue")
            for source in ("delivered", "acknowledged", "in_progress", "reported", "returned")
        ),
        Move("confirm_stop", "stopping", "stopped", by="dispatch.acknowledge"),
        Move("stop_for", "stopping", "stopped", by="dispatch.behalf"),
        Move("waive", "stopping", "waived", by="dispatch.waive"),
        Move("release", "stopping", "waived", by="system.operate"),
    ),
    limits={
        "pending": "acknowledge",
        "delivered": "acknowledge",
        "acknowledged": "begin",
        "in_progress": "report",
        "reported": "review",
        "returned": "report",
        "stopping": "stop",
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

HANDOVER = Machine(
    name="handover",
    start="offered",
    ends=frozenset({"accepted", "refused", "lapsed"}),
    moves=(
        Move("accept", "offered", "accepted", by="dispatch.relieve"),
        Move("refuse", "offered", "refused", by="dispatch.relieve"),
        Move("lapse", "offered", "lapsed", by="system.operate"),
    ),
    limits={"offered": "handover.sign"},
)

OPEN = tuple(state for state in RECIPIENT.states if state not in RECIPIENT.ends)
UNSIGNED = ("pending", "delivered")
