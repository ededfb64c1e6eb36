"""What the app may use of board."""

from region.board.routes.campaign import routes as campaign
from region.board.routes.day import routes as day
from region.board.routes.order import routes as desk
from region.board.routes.proof import routes as proof
from region.board.routes.round import routes as round_board
from region.board.routes.wall import routes as wall
from region.spine.area import Area, MenuItem

AREA = Area(
    name="board",
    routes=(wall, desk, proof, campaign, round_board, day),
    menu=(
        MenuItem("Duty desk", "desk.desk", "dispatch.compose", "Command"),
        MenuItem("Issue an order", "desk.compose", "dispatch.compose", "Command"),
        MenuItem("Channels", "desk.channels_managed", "dispatch.channels", "Administration"),
        MenuItem("Today", "day.page", "care.do", "Quarantine"),
        MenuItem("Board", "board.wall", "board.read", "Command"),
    ),
)
