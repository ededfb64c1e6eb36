"""What the app may use of board."""

from region.board.routes import routes
from region.spine.area import Area

AREA = Area(name="board", routes=(routes,))
