"""What the app may use of transfers."""

from region.spine.area import Area

AREA = Area(name="transfers")
