"""What the app may use of zones."""

from datetime import timedelta

from region.spine.area import Area, MenuItem
from region.spine.schedule import Every
from region.zones.questions import StopRule, ZoneRounds
from region.zones.routes.zones import routes
from region.zones.states import REVIEW, ZONE

AREA = Area(
    name="zones",
    routes=(routes,),
    machines=(
        ZONE,
        REVIEW,
    ),
    questions=(ZoneRounds, StopRule),
    # Hourly: what the last clear day's round allows is to be signed before that day is over.
    schedule=(Every("zones.review", timedelta(hours=1)),),
    menu=(MenuItem("Risk zones", "zones.page", "zones.read", "Quarantine"),),
)
