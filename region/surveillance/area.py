"""What the app may use of surveillance."""

from datetime import timedelta

from region.spine.area import Area, MenuItem
from region.spine.schedule import Every
from region.surveillance.questions import LabFindings
from region.surveillance.routes.proposals import routes
from region.surveillance.states import ALERT, PROPOSAL, REPORT

AREA = Area(
    name="surveillance",
    routes=(routes,),
    machines=(ALERT, PROPOSAL, REPORT),
    schedule=(Every("surveillance.night", timedelta(minutes=15)),),
    questions=(LabFindings,),
    menu=(MenuItem("Proposed cases", "proposals.page", "surveillance.read", "Surveillance"),),
)
