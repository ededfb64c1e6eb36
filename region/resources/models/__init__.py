"""The tables of supplies and capacity."""

from region.resources.models.capacity import Capacity, CapacityReading
from region.resources.models.counts import Count, CountLine, StockLoad
from region.resources.models.moving import RequestLine, SupplyRequest, Transfer, TransferLine
from region.resources.models.planning import Plan, PlanLine
from region.resources.models.stock import Lot, LotRecall, Movement, Sheet, Stock
from region.resources.models.totals import AreaSupply, Shelf, StockDay

__all__ = [
    "AreaSupply",
    "Capacity",
    "CapacityReading",
    "Count",
    "CountLine",
    "Lot",
    "LotRecall",
    "Movement",
    "Plan",
    "PlanLine",
    "RequestLine",
    "Sheet",
    "Shelf",
    "Stock",
    "StockDay",
    "StockLoad",
    "SupplyRequest",
    "Transfer",
    "TransferLine",
]
