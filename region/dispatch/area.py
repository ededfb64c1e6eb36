"""What the app may use of dispatch."""

from datetime import timedelta

from region.dispatch.counting import Counted
from region.dispatch.questions import FactsOfSites
from region.dispatch.routes.addresses import routes as address_routes
from region.dispatch.routes.campaign import routes as campaign_routes
from region.dispatch.routes.cascade import routes as cascade_routes
from region.dispatch.routes.commands import routes
from region.dispatch.routes.duty import routes as duty_routes
from region.dispatch.routes.inbound import routes as inbound_routes
from region.dispatch.routes.inbox import routes as inbox_routes
from region.dispatch.routes.links import routes as link_routes
from region.dispatch.routes.targeting import routes as targeting_routes
from region.dispatch.routes.upward import routes as upward_routes
from region.dispatch.states import DELIVERY, DIRECTIVE, HANDOVER, RECIPIENT
from region.spine.area import Area, MenuItem
from region.spine.schedule import Every

AREA = Area(
    name="dispatch",
    routes=(
        routes,
        cascade_routes,
        duty_routes,
        inbox_routes,
        targeting_routes,
        campaign_routes,
        upward_routes,
        link_routes,
        inbound_routes,
        address_routes,
    ),
    machines=(DIRECTIVE, RECIPIENT, DELIVERY, HANDOVER),
    schedule=(
        Every("dispatch.redeliver", timedelta(seconds=10)),
        Every("dispatch.roll_call", timedelta(minutes=1)),
    ),
    questions=(FactsOfSites, Counted),
    menu=(
        MenuItem("Inbox", "inbox.page", "dispatch.acknowledge", "Command"),
        MenuItem("Handover", "duty.handover", "dispatch.relieve", "Command"),
        MenuItem("Addresses", "addresses.page", "dispatch.channels", "Administration"),
        MenuItem("Notices on this device", "addresses.device", "dispatch.acknowledge", "Command"),
    ),
)
