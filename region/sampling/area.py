"""What the app may use of sampling."""

from datetime import timedelta

from region.sampling.questions import LabCapacity
from region.sampling.routes.bench import routes as bench_routes
from region.sampling.routes.boxes import routes as box_routes
from region.sampling.routes.due import routes as due_routes
from region.sampling.routes.field import routes as field_routes
from region.sampling.routes.field_api import routes as field_api_routes
from region.sampling.routes.labels import routes as label_routes
from region.sampling.routes.recalls import routes as recall_routes
from region.sampling.routes.results import routes as result_routes
from region.sampling.routes.results_api import routes as result_api_routes
from region.sampling.routes.round_sites import routes as round_site_routes
from region.sampling.routes.rounds import routes as round_routes
from region.sampling.routes.tubes import routes as tube_routes
from region.sampling.routes.work import routes as work_routes
from region.sampling.states import BOX, RECALL, ROUND, SITE, TUBE, WORK_ITEM
from region.spine.area import Area, MenuItem
from region.spine.schedule import Every

AREA = Area(
    name="sampling",
    routes=(
        field_api_routes,
        field_routes,
        label_routes,
        recall_routes,
        box_routes,
        bench_routes,
        tube_routes,
        work_routes,
        result_routes,
        result_api_routes,
        round_routes,
        round_site_routes,
        due_routes,
    ),
    machines=(ROUND, SITE, BOX, TUBE, RECALL, WORK_ITEM),
    questions=(LabCapacity,),
    schedule=(
        Every("sampling.sum_rounds", timedelta(minutes=1)),
        Every("sampling.match_results", timedelta(minutes=1)),
        Every("sampling.find_scanned", timedelta(minutes=1)),
        Every("sampling.follow_recalls", timedelta(minutes=1)),
    ),
    menu=(
        MenuItem("Rounds", "rounds.page", "sampling.read", "Sampling"),
        MenuItem("Sample at a site", "field.page", "sampling.sample", "Sampling"),
        MenuItem("Positive pools", "recalls.page", "sampling.read", "Sampling"),
        MenuItem("Boxes and tubes", "boxes.page", "sampling.read", "Sampling"),
        MenuItem("Laboratory bench", "bench.page", "sampling.receive", "Sampling"),
        MenuItem("Results", "results.page", "sampling.report", "Sampling"),
    ),
)
