"""What the app may use of quarantine."""

from datetime import timedelta

from region.quarantine.questions import OwnTubes
from region.quarantine.routes.appeals import routes as appeal_routes
from region.quarantine.routes.checks import routes as check_routes
from region.quarantine.routes.resident import routes as resident_routes
from region.quarantine.routes.sites import routes as site_routes
from region.quarantine.routes.stay_ends import routes as end_routes
from region.quarantine.routes.stay_list import routes as list_routes
from region.quarantine.routes.stays import routes as stay_routes
from region.quarantine.routes.transfers import routes as transfer_routes
from region.quarantine.routes.transitions import routes as transition_routes
from region.quarantine.states import APPEAL, HANDOVER, STAY, TRANSITION
from region.spine.area import Area, MenuItem
from region.spine.schedule import Every

AREA = Area(
    name="quarantine",
    routes=(
        check_routes,
        resident_routes,
        site_routes,
        stay_routes,
        transfer_routes,
        appeal_routes,
        end_routes,
        list_routes,
        transition_routes,
    ),
    questions=(OwnTubes,),
    machines=(
        STAY,
        HANDOVER,
        APPEAL,
        TRANSITION,
    ),
    menu=(
        MenuItem("People under observation", "stay_list.page", "quarantine.read", "Quarantine"),
        MenuItem("Health checks", "checks.page", "quarantine.check", "Quarantine"),
        MenuItem("Quarantine sites", "quarantine_sites.page", "quarantine.read", "Quarantine"),
        MenuItem("Appeals", "appeals.page", "quarantine.review", "Quarantine"),
        MenuItem("What if other rules held", "transitions.page", "quarantine.read", "Quarantine"),
        MenuItem("Transfer team", "stay_transfers.page", "quarantine.sign", "Quarantine"),
    ),
    schedule=(
        Every("quarantine.nightly", timedelta(minutes=10)),
        Every("quarantine.follow_tests", timedelta(minutes=1)),
    ),
)
