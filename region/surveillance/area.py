"""What the app may use of surveillance."""

from datetime import timedelta

from region.spine.area import Area, MenuItem
from region.spine.schedule import Every
from region.surveillance.questions import LabFindings
from region.surveillance.routes.alerts import routes as alert_routes
from region.surveillance.routes.proposals import routes
from region.surveillance.routes.reports import routes as report_routes
from region.surveillance.routes.telling import routes as telling_routes
from region.surveillance.routes.workbench import routes as workbench_routes
from region.surveillance.states import ALERT, PROPOSAL, REPORT

AREA = Area(
    name="surveillance",
    routes=(alert_routes, report_routes, routes, telling_routes, workbench_routes),
    machines=(ALERT, PROPOSAL, REPORT),
    schedule=(Every("surveillance.night", timedelta(minutes=15)),),
    questions=(LabFindings,),
    menu=(
        MenuItem("Early warning", "alerts.page", "surveillance.read", "Surveillance"),
        MenuItem("Alerts and clusters on the map", "alerts.map", "surveillance.read", "Surveillance"),
        MenuItem("Report cards", "reports.page", "surveillance.report", "Surveillance"),
        MenuItem("Counts of syndromes", "telling.page", "surveillance.report", "Surveillance"),
        MenuItem("What became of signals", "alerts.record", "surveillance.read", "Surveillance"),
        MenuItem("Detector workbench", "workbench.page", "surveillance.read", "Surveillance"),
        MenuItem("Proposed cases", "proposals.page", "surveillance.read", "Surveillance"),
    ),
)
