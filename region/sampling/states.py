"""The closed loops of sampling: rounds and their sites, boxes, tubes, recalls, and what a person must look into."""

from region.spine.machine import Machine, Move

PACK = "sampling"

ROUND = Machine(
    name="round",
    pack=PACK,
    start="draft",
    ends=frozenset({"closed", "cancelled"}),
    moves=(
        Move("plan", "draft", "planned", by="sampling.plan"),
        Move("plan", "planned", "planned", by="sampling.plan"),
        Move("approve", "planned", "approved", by="sampling.approve"),
        Move("order", "approved", "ordered", by="sampling.plan"),
        Move("open", "ordered", "running", by="sampling.plan"),
        Move("finish", "running", "closing", by="sampling.plan"),
        Move("reopen", "closing", "running", by="sampling.plan"),
        Move("close", "closing", "closed", by="sampling.plan"),
        *(
            Move("cancel", source, "cancelled", by="sampling.approve")
            for source in ("draft", "planned", "approved", "ordered", "running")
        ),
    ),
    limits={
        "draft": "round.plan",
        "planned": "round.approve",
        "approved": "round.order",
        "ordered": "round.open",
        "running": "round.run",
        "closing": "round.results",
    },
)
"""A round is planned, approved by a second person, ordered to its sites, run, and closed when its results are in."""

SITE = Machine(
    name="round_site",
    pack=PACK,
    start="proposed",
    ends=frozenset({"closed", "stopped"}),
    moves=(
        Move("order", "proposed", "ordered", by="sampling.plan"),
        Move("ready", "ordered", "ready", by="sampling.sample"),
        Move("open", "ordered", "open", by="sampling.sample"),
        Move("open", "ready", "open", by="sampling.sample"),
        Move("close", "open", "closed", by="sampling.sample"),
        *(
            Move("stop", source, "stopped", by="sampling.plan")
            for source in ("proposed", "ordered", "ready", "open")
        ),
    ),
    limits={
        "proposed": "site.order",
        "ordered": "site.ready",
        "ready": "site.open",
        "open": "site.close",
    },
)
"""Sites are to be built and open within hours of the order (DOMAIN: 4 to 6 hours); a stopped one is not listed."""

BOX = Machine(
    name="box",
    pack=PACK,
    start="open",
    ends=frozenset({"unpacked", "void", "lost"}),
    moves=(
        Move("seal", "open", "sealed", by="sampling.sample"),
        Move("void", "open", "void", by="sampling.sample"),
        Move("collect", "sealed", "collected", by="sampling.carry"),
        Move("receive", "collected", "received", by="sampling.receive"),
        Move("receive", "sealed", "received", by="sampling.receive"),
        Move("receive", "open", "received", by="sampling.receive"),
        Move("unpack", "received", "unpacked", by="sampling.receive"),
        *(Move("lose", source, "lost", by="sampling.settle") for source in ("sealed", "collected")),
    ),
    limits={
        "open": "box.seal",
        "sealed": "box.collect",
        "collected": "box.carry",
        "received": "box.unpack",
    },
)
"""A box goes from hand to hand; whoever gives and whoever takes both sign. A laboratory that sent its own driver
receives straight from the site, and one whose site's phone was not heard since it opened the box receives it too."""

TUBE = Machine(
    name="tube",
    pack=PACK,
    start="open",
    ends=frozenset({"reported", "rejected", "void", "lost"}),
    moves=(
        Move("close", "open", "closed", by="sampling.sample"),
        Move("void", "open", "void", by="sampling.sample"),
        Move("void", "closed", "void", by="sampling.sample"),
        Move("receive", "closed", "received", by="sampling.receive"),
        Move("reject", "closed", "rejected", by="sampling.receive"),
        Move("reject", "received", "rejected", by="sampling.receive"),
        Move("report", "closed", "reported", by="sampling.report"),
        Move("report", "received", "reported", by="sampling.report"),
        Move("lose", "closed", "lost", by="sampling.settle"),
    ),
    limits={"open": "tube.close", "closed": "tube.receive", "received": "tube.report"},
)
"""Tubes move by thousands, so their timers are the sweep of late boxes and results, not an errand each."""

RECALL = Machine(
    name="recall",
    pack=PACK,
    start="raised",
    ends=frozenset({"confirmed", "cleared", "withdrawn"}),
    moves=(
        Move("recall", "raised", "recalled", by="sampling.recall"),
        Move("wait", "recalled", "resampled", by="sampling.recall"),
        Move("recall", "resampled", "recalled", by="sampling.recall"),
        *(
            Move(verb, source, target, by="sampling.recall")
            for source in ("raised", "recalled", "resampled")
            for verb, target in (("confirm", "confirmed"), ("clear", "cleared"), ("withdraw", "withdrawn"))
        ),
    ),
    limits={"raised": "recall.tell", "recalled": "recall.resample", "resampled": "recall.result"},
)
"""A positive pool: its members are told, sampled again one by one, and restored or confirmed. A sample that says
nothing (rejected, invalid, grey) makes its member due again. Withdrawn when the laboratory takes the pool's result
back."""

WORK_ITEM = Machine(
    name="work_item",
    pack=PACK,
    start="open",
    ends=frozenset({"settled"}),
    moves=(Move("settle", "open", "settled", by="sampling.settle"),),
    limits={"open": "work.settle"},
)
"""What a person must look into: two phones that claim one tube, a result for an unknown tube, a phone whose clock is
wrong, a close contact found in a pool."""
