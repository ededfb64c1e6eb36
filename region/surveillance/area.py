"""What the app may use of surveillance."""

from region.spine.area import Area, MenuItem
from region.surveillance.questions import LabFindings
from region.surveillance.routes.proposals import routes
from region.surveillance.states import ALERT, PROPOSAL, REPORT

AREA = Area(
    name="surveillance",
    routes=(routes,),
    machines=(ALERT, PROPOSAL, REPORT),
    questions=(LabFindings,),
    menu=(MenuItem("Proposed cases", "proposals.page", "surveillance.read", "Surveillance"),),
)
