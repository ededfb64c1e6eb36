"""What the app may use of dispatch."""

from region.dispatch.routes import routes
from region.spine.area import Area

AREA = Area(name="dispatch", routes=(routes,))
