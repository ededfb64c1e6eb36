"""What the app may use of incidents."""

from region.incidents.routes import routes
from region.spine.area import Area

AREA = Area(name="incidents", routes=(routes,))
