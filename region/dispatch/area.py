"""What the app may use of dispatch."""

from datetime import timedelta

from region.dispatch.routes.commands import routes
from region.dispatch.routes.inbox import routes as inbox_routes
from region.dispatch.states import DELIVERY, DIRECTIVE, RECIPIENT
from region.spine.area import Area, MenuItem
from region.spine.schedule import Every

AREA = Area(
    name="dispatch",
    routes=(routes, inbox_routes),
    machines=(DIRECTIVE, RECIPIENT, DELIVERY),
    schedule=(Every("dispatch.redeliver", timedelta(seconds=10)),),
    menu=(MenuItem("Inbox", "inbox.page", "dispatch.acknowledge"),),
)
