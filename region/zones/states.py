"""The closed loops of risk zones: the zone itself, and a proposal to lower it."""

from region.spine.machine import Machine, Move

PACK = "zones"

ZONE = Machine(
    name="zone",
    pack=PACK,
    start="drawn",
    ends=frozenset({"lifted", "dropped"}),
    moves=(
        Move("declare", "drawn", "standing", by="zones.declare"),
        Move("drop", "drawn", "dropped", by="zones.draw"),
        Move("regrade", "standing", "standing", by="zones.declare"),
        Move("redraw", "standing", "standing", by="zones.declare"),
        Move("lift", "standing", "lifted", by="zones.declare"),
        Move("end", "standing", "lifted", by="zones.review"),
    ),
    limits={"drawn": "zone.declare", "standing": "zone.review"},
)

"""A person draws, declares, lowers and lifts; a lift that was decided for later ends the zone by itself then."""

REVIEW = Machine(
    name="zone_review",
    pack=PACK,
    start="proposed",
    ends=frozenset({"signed", "refused", "lapsed"}),
    moves=(
        Move("sign", "proposed", "signed", by="zones.declare"),
        Move("refuse", "proposed", "refused", by="zones.declare"),
        Move("lapse", "proposed", "lapsed", by="zones.review"),
    ),
    limits={"proposed": "zone.decide"},
)
"""The rules propose that a zone is lowered; a person signs or refuses; a new infection lets the proposal lapse."""
