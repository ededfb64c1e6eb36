"""Scan statistics in space and time, pure: counts by area and day in, clusters out (Kulldorff 1997, 2001, 2005)."""

from region.surveillance.detect.scan.search import Cluster as Cluster
from region.surveillance.detect.scan.search import Found as Found
from region.surveillance.detect.scan.search import Scan as Scan
from region.surveillance.detect.scan.search import scan as scan
from region.surveillance.detect.scan.zones import Zones as Zones
from region.surveillance.detect.scan.zones import haversine as haversine
from region.surveillance.detect.scan.zones import plane as plane
