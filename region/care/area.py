"""What the app may use of care."""

from datetime import timedelta

from region.care.questions import LastSampled, ServingSites, WhereWatched
from region.care.routes.arranged import routes as arranged_routes
from region.care.routes.care import routes as care_routes
from region.care.states import TASK
from region.spine.area import Area, MenuItem
from region.spine.schedule import Every

AREA = Area(
    name="care",
    routes=(care_routes, arranged_routes),
    machines=(TASK,),
    questions=(ServingSites, WhereWatched, LastSampled),
    schedule=(Every("care.nightly", timedelta(hours=1)), Every("care.late", timedelta(minutes=5))),
    menu=(MenuItem("Key people", "care.page", "care.read", "Quarantine"),),
)
