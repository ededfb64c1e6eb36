"""What the app may use of places."""

from region.places.routes import routes
from region.spine.area import Area

AREA = Area(name="places", routes=(routes,))
