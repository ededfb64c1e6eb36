"""The closed loops of quarantine: a stay, a handover between two sides, an appeal, a change of the rules it runs by."""

from region.spine.machine import Machine, Move

PACK = "quarantine"

_LEAVE = ("identified", "notified", "in_transfer", "in_site", "returning", "at_home")

STAY = Machine(
    name="stay",
    pack=PACK,
    start="identified",
    ends=frozenset({"closed", "to_care", "cancelled"}),
    moves=(
        Move("notify", "identified", "notified", by="quarantine.notify"),
        Move("pick_up", "identified", "in_transfer", by="quarantine.carry"),
        Move("pick_up", "notified", "in_transfer", by="quarantine.carry"),
        Move("arrive", "in_transfer", "in_site", by="quarantine.receive"),
        Move("arrive", "notified", "in_site", by="quarantine.receive"),
        Move("settle_at_home", "notified", "at_home", by="quarantine.watch"),
        Move("release", "in_site", "returning", by="quarantine.release"),
        Move("come_home", "returning", "at_home", by="quarantine.watch"),
        Move("close", "returning", "closed", by="quarantine.release"),
        Move("close", "at_home", "closed", by="quarantine.release"),
        Move("fetch_from_home", "at_home", "notified", by="quarantine.notify"),
        *(Move("to_care", state, "to_care", by="quarantine.convert") for state in _LEAVE),
        *(Move("cancel", state, "cancelled", by="quarantine.cancel") for state in _LEAVE),
    ),
    limits={
        "identified": "stay.notify",
        "notified": "clock.contact_transfer",
        "in_transfer": "stay.transfer",
        "in_site": "stay.review",
        "returning": "stay.return",
        "at_home": "stay.review",
    },
)
"""`release` ends the central stage and begins the closed-loop way home; `close` ends the restriction."""

HANDOVER = Machine(
    name="stay_handover",
    pack=PACK,
    start="offered",
    ends=frozenset({"signed", "refused", "withdrawn"}),
    moves=(
        Move("sign", "offered", "signed", by="quarantine.sign"),
        Move("refuse", "offered", "refused", by="quarantine.sign"),
        Move("withdraw", "offered", "withdrawn", by="quarantine.sign"),
    ),
    limits={"offered": "handover.sign"},
)
"""A person passes from one side to another: who gives signs first, who takes signs or refuses."""

APPEAL = Machine(
    name="appeal",
    pack=PACK,
    start="open",
    ends=frozenset({"upheld", "dismissed"}),
    moves=(
        Move("uphold", "open", "upheld", by="quarantine.review"),
        Move("dismiss", "open", "dismissed", by="quarantine.review"),
    ),
    limits={"open": "appeal.answer"},
)
"""A person (or somebody for him) says that his restriction is wrong."""

TRANSITION = Machine(
    name="policy_transition",
    pack=PACK,
    start="proposed",
    ends=frozenset({"approved", "dropped"}),
    moves=(
        Move("approve", "proposed", "approved", by="quarantine.transition"),
        Move("drop", "proposed", "dropped", by="quarantine.transition"),
    ),
    limits={"proposed": "transition.decide"},
)
"""Running stays go over to another pack only when a person approves it, and never to a later end."""
