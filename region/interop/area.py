"""What the app may use of interop."""

from region.interop.routes.cap import routes as cap
from region.interop.routes.feeds import routes as feeds
from region.interop.routes.fhir import routes as fhir
from region.interop.routes.have import routes as have
from region.spine.area import Area, MenuItem

AREA = Area(
    name="interop",
    routes=(cap, feeds, fhir, have),
    menu=(MenuItem("CAP in", "cap.taking_in", "dispatch.compose", "Administration"),),
)
