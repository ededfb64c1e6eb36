"""What the app may use of tracing."""

from region.spine.area import Area, MenuItem
from region.tracing.routes.cases import routes as case_routes
from region.tracing.routes.contacts import routes as contact_routes
from region.tracing.routes.graph import routes as graph_routes
from region.tracing.routes.letters import routes as letter_routes
from region.tracing.routes.loads import routes as load_routes
from region.tracing.states import CASE, CONTACT, LETTER

AREA = Area(
    name="tracing",
    routes=(case_routes, contact_routes, graph_routes, letter_routes, load_routes),
    machines=(CASE, CONTACT, LETTER),
    menu=(
        MenuItem("Cases", "cases.page", "tracing.read", "Quarantine"),
        MenuItem("Contacts", "contacts.page", "tracing.read", "Quarantine"),
        MenuItem("Contact funnel", "contacts.at_an_hour", "tracing.read", "Quarantine"),
        MenuItem("Who infected whom", "transmission.page", "tracing.read", "Quarantine"),
        MenuItem("Line lists", "line_loads.page", "tracing.load", "Quarantine"),
        MenuItem("Letters to elsewhere", "letters.page", "tracing.read", "Quarantine"),
    ),
)
