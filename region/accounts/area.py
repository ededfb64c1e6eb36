"""What the app may use of accounts."""

from region.accounts.routes import routes
from region.spine.area import Area

AREA = Area(name="accounts", routes=(routes,))
