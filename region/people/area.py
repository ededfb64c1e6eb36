"""What the app may use of people."""

from datetime import timedelta

from region.people.questions import ExportRows, StaffNames
from region.people.routes.destructions import routes as destruction_routes
from region.people.routes.exports import routes as export_routes
from region.people.routes.glass import routes as glass_routes
from region.people.routes.people import routes as people_routes
from region.people.states import DESTRUCTION, EXPORT, GLASS
from region.spine.area import Area, MenuItem
from region.spine.schedule import Every

AREA = Area(
    name="people",
    routes=(people_routes, export_routes, glass_routes, destruction_routes),
    machines=(EXPORT, GLASS, DESTRUCTION),
    questions=(ExportRows, StaffNames),
    schedule=(Every("people.keep_destroyed", timedelta(days=1)),),
    menu=(
        MenuItem("Find a person", "people.page", "people.open", "Administration"),
        MenuItem("Persons who may be one", "people.merging_page", "people.merge", "Administration"),
        MenuItem("Lists that leave", "exports.page", "people.export", "Administration"),
        MenuItem("Approve lists", "exports.approvals", "people.approve_export", "Administration"),
        MenuItem("Break the glass", "glass.page", "people.break_glass", "Administration"),
        MenuItem("Review of openings", "glass.review", "people.review", "Administration"),
        MenuItem("Grounds and retention", "people.ground_page", "people.review", "Administration"),
        MenuItem("Destruction", "destructions.page", "people.destroy", "Administration"),
    ),
)
