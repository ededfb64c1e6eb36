"""What the app may use of audit."""

from region.audit.routes import routes
from region.spine.area import Area

AREA = Area(name="audit", routes=(routes,))
