"""What the app may use of files."""

from region.files.routes import routes
from region.spine.area import Area

AREA = Area(name="files", routes=(routes,))
