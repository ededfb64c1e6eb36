"""The closed loop of an alert: signal, verify, assess, respond, feed back, close; every step with its clock."""

from region.spine.machine import Machine, Move

PACK = "surveillance"
TRIAGE = "surveillance.triage"

ALERT = Machine(
    name="alert",
    pack=PACK,
    start="raised",
    ends=frozenset({"closed", "dismissed"}),
    moves=(
        Move("take", "raised", "verifying", by=TRIAGE),
        Move("dismiss", "raised", "dismissed", by=TRIAGE),
        Move("dismiss", "verifying", "dismissed", by=TRIAGE),
        Move("verify", "verifying", "verified", by=TRIAGE),
        Move("assess", "verified", "assessed", by=TRIAGE),
        Move("respond", "assessed", "responding", by=TRIAGE),
        Move("close", "assessed", "closed", by=TRIAGE),
        Move("feed_back", "responding", "fed_back", by=TRIAGE),
        Move("close", "fed_back", "closed", by=TRIAGE),
    ),
    limits={
        "raised": "alert.answer",
        "verifying": "alert.verify",
        "verified": "alert.assess",
        "assessed": "alert.respond",
        "responding": "alert.feed_back",
        "fed_back": "alert.close",
    },
)
"""One happening, of one signal or many. `verified` means: it is a suspected event (K38)."""
