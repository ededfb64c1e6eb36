"""What the app may use of people."""

from region.spine.area import Area

AREA = Area(name="people")
