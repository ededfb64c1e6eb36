"""What the app may use of places."""

from region.places.routes import routes
from region.spine.area import Area, MenuItem

AREA = Area(
    name="places",
    routes=(routes,),
    menu=(MenuItem("Places", "places.tree", "places.read", "Administration"),),
)
