"""The lie of the land: the drawing plane, bent smoothly into longitude and latitude, with its water."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, Point, Polygon

from region.exercise.linjiang.names import BROOK, LAKE, RIVER

Array = NDArray[np.float64]

ORIGIN = (113.9, 29.7)  # degrees; an inland place where nothing of this name lies
KM_PER_DEGREE = (111.32 * np.cos(np.radians(ORIGIN[1])), 110.85)
DECIMALS = 6  # about 0.1 m
# Wave length and height in km, and waves of each kind. Slopes stay well under one, so nothing folds over.
OCTAVES = ((15.0, 0.42, 3), (6.0, 0.13, 3), (2.2, 0.04, 3), (0.9, 0.012, 3))


@dataclass(frozen=True)
class Terrain:
    """A smooth one-to-one bending of the drawing plane (km) into WGS-84 degrees; `waves` has shape (n, 5)."""

    waves: Array

    @classmethod
    def raised(cls, rng: np.random.Generator) -> "Terrain":
        """Throw the waves that bend the plane: number of waves east and north, phase, push east and north."""
        rows = []
        for length, height, count in OCTAVES:
            for heading, phase, push in rng.uniform(0, 2 * np.pi, (count, 3)):
                number = 2 * np.pi / length
                rows.append(
                    (
                        number * np.cos(heading),
                        number * np.sin(heading),
                        phase,
                        height * np.cos(push),
                        height * np.sin(push),
                    )
                )
        return cls(np.array(rows))

    def to_degrees(self, plane: Array) -> Array:
        """Bend points of shape (n, 2) in km into (n, 2) longitude and latitude, rounded to 1e-6 degree."""
        x, y = plane[:, 0], plane[:, 1]
        # The river's bends: a shear keeps areas and cannot fold, however strong the bend.
        y = y - 0.07 * x + 1.05 * np.sin(x / 2.9 + 2.4) + 0.4 * np.sin(x / 1.35 + 0.4)
        east, north = x.copy(), y.copy()
        for kx, ky, phase, de, dn in self.waves:
            wave = np.sin(kx * x + ky * y + phase)
            east += de * wave
            north += dn * wave
        degrees = np.column_stack((ORIGIN[0] + east / KM_PER_DEGREE[0], ORIGIN[1] + north / KM_PER_DEGREE[1]))
        return np.round(degrees, DECIMALS)

    def bend(self, shapes: NDArray[np.object_]) -> NDArray[np.object_]:
        """Bend geometries; a point that two of them share is computed once, so that it stays shared."""
        shared, where = np.unique(shapely.get_coordinates(shapes), axis=0, return_inverse=True)
        bent = self.to_degrees(shared)[where.reshape(-1)]
        return np.asarray(shapely.set_coordinates(shapes.copy(), bent), dtype=object)


def outline() -> Polygon:
    """The district on the drawing plane (km), about 25 by 17; convex, for the terrain gives it its bays."""
    turn = np.linspace(0, 2 * np.pi, 720, endpoint=False)
    reach = 1 + 0.035 * np.sin(2 * turn + 0.5) + 0.03 * np.sin(3 * turn + 1.9)
    shore = np.column_stack((12.6 * reach * np.cos(turn), 8.2 * reach * np.sin(turn)))
    # Nearly convex already; the hull makes it certain, so that every cell cut by it stays whole.
    return Polygon(shapely.get_coordinates(Polygon(shore).convex_hull))


def river_line(margin: float = 0.0) -> LineString:
    """The middle of the river on the drawing plane, where the banks' administrative borders meet."""
    west, _, east, _ = outline().bounds
    return LineString([(west - margin, 0.0), (east + margin, 0.0)])


def waters(terrain: Terrain, district: Polygon) -> gpd.GeoDataFrame:
    """What is drawn blue: columns kind (river, lake, brook, river_line), name_zh, name_en, geometry."""
    x = np.linspace(-16, 16, 641)
    half = 0.3 + 0.06 * np.sin(x / 1.7) + 0.035 * np.sin(x / 0.63 + 1.0)
    river = Polygon(np.vstack((np.column_stack((x, half)), np.column_stack((x, -half))[::-1])))
    holm = _blob((3.1, 0.03), 0.8, 0.13, 0.1)
    lake = _blob((-4.3, 4.3), 1.25, 0.6, 0.2)
    down = np.linspace(0, 1, 120)
    bed = np.column_stack((-8.2 + 1.4 * down + 0.35 * np.sin(9 * down), 9.5 * (1 - down)))
    brook = LineString(bed).buffer(0.055).difference(river)
    line = river_line(margin=2.0).segmentize(0.1)
    flat = np.array([river.difference(holm), lake, brook, line], dtype=object)
    bent = shapely.intersection(shapely.make_valid(terrain.bend(shapely.segmentize(flat, 0.1))), district)
    named = (RIVER, LAKE, BROOK, RIVER)
    return gpd.GeoDataFrame(
        {
            "kind": ["river", "lake", "brook", "river_line"],
            "name_zh": [zh for zh, _ in named],
            "name_en": [en for _, en in named],
        },
        geometry=list(bent),
        crs="EPSG:4326",
    )


def _blob(middle: tuple[float, float], long: float, wide: float, wobble: float) -> Polygon:
    """A lake or holm: an ellipse (half-axes in km) with an uneven shore."""
    turn = np.linspace(0, 2 * np.pi, 90, endpoint=False)
    shore = 1 + wobble * np.sin(3 * turn + 0.7) + wobble / 2 * np.sin(5 * turn)
    return Polygon(
        np.column_stack((middle[0] + long * shore * np.cos(turn), middle[1] + wide * shore * np.sin(turn)))
    )


def metres_between(points: Array, place: Point) -> Array:
    """Distances in metres, (n,), from points (n, 2) in degrees to one place; flat, good for a district."""
    east = (points[:, 0] - place.x) * KM_PER_DEGREE[0]
    north = (points[:, 1] - place.y) * KM_PER_DEGREE[1]
    return np.asarray(np.hypot(east, north) * 1000)
