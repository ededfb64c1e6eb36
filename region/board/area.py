"""What the app may use of board."""

from region.board.routes.desk import routes as desk
from region.board.routes.wall import routes as wall
from region.spine.area import Area, MenuItem

AREA = Area(
    name="board",
    routes=(wall, desk),
    menu=(
        MenuItem("Duty desk", "desk.desk", "dispatch.compose"),
        MenuItem("Issue an order", "desk.compose", "dispatch.compose"),
        MenuItem("Board", "board.wall", "board.read"),
    ),
)
