"""The closed loops of supplies: a request, a transfer from hand to hand, and a plan of transfers."""

from region.spine.machine import Machine, Move

PACK = "supply"

REQUEST = Machine(
    name="supply_request",
    pack=PACK,
    start="requested",
    ends=frozenset({"fulfilled", "declined", "cancelled", "ended_short"}),
    moves=(
        Move("note", "requested", "noted", by="resources.answer"),
        *(
            Move(verb, source, target, by="resources.answer")
            for source in ("requested", "noted", "provisional")
            for verb, target in (("accept", "accepted"), ("decline", "declined"))
        ),
        Move("provide", "requested", "provisional", by="resources.answer"),
        Move("provide", "noted", "provisional", by="resources.answer"),
        Move("requisition", "accepted", "requisitioned", by="resources.answer"),
        Move("fulfil", "requisitioned", "fulfilled", by="system.operate"),
        Move("reopen", "requisitioned", "accepted", by="system.operate"),
        Move("end_short", "accepted", "ended_short", by="resources.answer"),
        *(
            Move("cancel", source, "cancelled", by="resources.request")
            for source in ("requested", "noted", "provisional", "accepted")
        ),
    ),
    limits={
        "requested": "request.answer",
        "noted": "request.settle",
        "provisional": "request.settle",
        "accepted": "request.requisition",
        "requisitioned": "request.fulfil",
    },
)
"""After the messages of EDXL-RM: RequestResource, ResponseToRequestResource (accept, decline, provisional),
RequisitionResource, CommitResource, ReportResourceDeploymentStatus. A request stands requisitioned as long as transfers
promise all that was approved; when one comes to nothing it is reopened."""

TRANSFER = Machine(
    name="transfer",
    pack=PACK,
    start="ordered",
    ends=frozenset({"received", "refused", "cancelled", "turned_back"}),
    moves=(
        Move("offer", "ordered", "offered", by="resources.send"),
        Move("accept", "offered", "ordered", by="resources.receive"),
        Move("refuse", "offered", "refused", by="resources.receive"),
        Move("commit", "ordered", "committed", by="resources.send"),
        Move("refuse", "ordered", "refused", by="resources.send"),
        Move("refuse", "committed", "refused", by="resources.send"),
        Move("cancel", "ordered", "cancelled", by="resources.answer"),
        Move("cancel", "offered", "cancelled", by="resources.send"),
        Move("cancel", "committed", "cancelled", by="resources.answer"),
        Move("ship", "committed", "shipped", by="resources.send"),
        Move("receive", "shipped", "received", by="resources.receive"),
        Move("dispute", "shipped", "disputed", by="resources.receive"),
        Move("explain", "disputed", "explained", by="resources.send"),
        Move("confirm", "explained", "received", by="resources.receive"),
        Move("contest", "explained", "disputed", by="resources.receive"),
        Move("settle", "disputed", "received", by="resources.answer"),
        Move("settle", "explained", "received", by="resources.answer"),
        Move("turn_back", "shipped", "turning_back", by="resources.answer"),
        Move("take_back", "turning_back", "turned_back", by="resources.send"),
    ),
    limits={
        "ordered": "transfer.commit",
        "offered": "transfer.accept",
        "committed": "transfer.ship",
        "shipped": "transfer.travel",
        "disputed": "transfer.explain",
        "explained": "transfer.confirm",
        "turning_back": "transfer.turn_back",
    },
)
"""Goods pass from hand to hand: the giver signs when they leave, the taker when they come; what differs the giver
explains and the taker confirms, or the place that ordered it decides."""

PLAN = Machine(
    name="supply_plan",
    pack=PACK,
    start="reckoning",
    ends=frozenset({"approved", "dropped", "failed"}),
    moves=(
        Move("propose", "reckoning", "proposed", by="system.operate"),
        Move("fail", "reckoning", "failed", by="system.operate"),
        Move("approve", "proposed", "approved", by="resources.approve"),
        Move("drop", "proposed", "dropped", by="resources.plan"),
        Move("lapse", "proposed", "dropped", by="system.operate"),
    ),
    limits={"reckoning": "plan.compute", "proposed": "plan.decide"},
)
