"""What the app may use of tracing."""

from datetime import timedelta

from region.spine.area import Area, MenuItem
from region.spine.schedule import Every
from region.tracing.routes.cases import routes as case_routes
from region.tracing.routes.contacts import routes as contact_routes
from region.tracing.routes.exposures import routes as exposure_routes
from region.tracing.routes.graph import routes as graph_routes
from region.tracing.routes.letters import routes as letter_routes
from region.tracing.routes.loads import routes as load_routes
from region.tracing.routes.quality import routes as quality_routes
from region.tracing.states import CASE, CONTACT, LETTER

AREA = Area(
    name="tracing",
    routes=(
        case_routes,
        contact_routes,
        exposure_routes,
        graph_routes,
        letter_routes,
        load_routes,
        quality_routes,
    ),
    machines=(CASE, CONTACT, LETTER),
    schedule=(Every("tracing.check_funnel", timedelta(hours=1)),),
    menu=(
        MenuItem("Cases", "cases.page", "tracing.read", "Quarantine"),
        MenuItem("Contacts", "contacts.page", "tracing.read", "Quarantine"),
        MenuItem("Contact funnel", "contacts.at_an_hour", "tracing.read", "Quarantine"),
        MenuItem("Who infected whom", "transmission.page", "tracing.read", "Quarantine"),
        MenuItem("Line lists", "line_loads.page", "tracing.load", "Quarantine"),
        MenuItem("Letters to elsewhere", "letters.page", "tracing.read", "Quarantine"),
        MenuItem("Exposure places", "exposures.page", "tracing.read", "Quarantine"),
        MenuItem("Records to mend", "trace_quality.page", "tracing.read", "Quarantine"),
    ),
)
