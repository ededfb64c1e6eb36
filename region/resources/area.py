"""What the app may use of resources."""

from datetime import timedelta

from region.resources.questions import PlannedSampling
from region.resources.routes.api import routes as api_routes
from region.resources.routes.capacity import routes as capacity_routes
from region.resources.routes.forecast import routes as forecast_routes
from region.resources.routes.loads import routes as load_routes
from region.resources.routes.plans import routes as plan_routes
from region.resources.routes.requests import routes as request_routes
from region.resources.routes.shelf import routes as shelf_routes
from region.resources.routes.store import routes as store_routes
from region.resources.routes.transfers import routes as transfer_routes
from region.resources.states import PLAN, REQUEST, TRANSFER
from region.spine.area import Area, MenuItem
from region.spine.schedule import Every

AREA = Area(
    name="resources",
    routes=(
        store_routes,
        shelf_routes,
        load_routes,
        api_routes,
        capacity_routes,
        plan_routes,
        request_routes,
        transfer_routes,
        forecast_routes,
    ),
    machines=(REQUEST, TRANSFER, PLAN),
    questions=(PlannedSampling,),
    schedule=(Every("resources.reckon", timedelta(minutes=1)),),
    menu=(
        MenuItem("Stock and days left", "supplies.overview", "resources.read", "Supplies"),
        MenuItem("Shelf", "shelf.page", "resources.keep", "Supplies"),
        MenuItem("Plans of transfers", "plans.page", "resources.plan", "Supplies"),
        MenuItem("Beds and capacity", "capacity.overview", "resources.read", "Supplies"),
    ),
)
