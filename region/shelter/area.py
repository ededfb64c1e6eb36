"""What the app may use of shelter."""

from region.spine.area import Area

AREA = Area(name="shelter")
