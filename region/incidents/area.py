"""What the app may use of incidents."""

from region.incidents.routes import routes
from region.incidents.states import INCIDENT
from region.spine.area import Area, MenuItem

AREA = Area(
    name="incidents",
    routes=(routes,),
    machines=(INCIDENT,),
    menu=(MenuItem("Incidents", "incidents.list_incidents", "incidents.read", "Command"),),
)
