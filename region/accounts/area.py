"""What the app may use of accounts."""

from region.accounts.routes import routes
from region.spine.area import Area, MenuItem

AREA = Area(
    name="accounts",
    routes=(routes,),
    menu=(
        MenuItem("People", "accounts.list_people", "accounts.read", "Administration"),
        MenuItem("Duty roster", "accounts.duty", "places.read", "Command"),
    ),
)
