"""Linjiang as a whole: one seed gives areas, sites, people and water, always the same to the last digit."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from region.exercise.linjiang.areas import tabulate
from region.exercise.linjiang.partition import cut
from region.exercise.linjiang.people import appoint
from region.exercise.linjiang.sites import establish
from region.exercise.linjiang.terrain import Terrain, waters

SEED = 990106


@dataclass(frozen=True)
class Region:
    """An invented district; geometry is WGS-84 (EPSG:4326), rounded to 1e-6 degree.

    areas: code, parent_code, level (city, district, subdistrict, community, grid), name_zh, name_en,
        population, population_year, households, geometry; each level tiles the one above exactly.
    sites: code, type, name_zh, name_en, area_code, lon, lat, phone, duty_phone, capacity, catchment_codes.
    people: site_code, name_zh, name_en, role, phone, deputy_of (a login or ""), login.
    water: kind (river, lake, brook, river_line), name_zh, name_en, geometry; for drawing over the areas.
    """

    areas: gpd.GeoDataFrame
    sites: pd.DataFrame
    people: pd.DataFrame
    water: gpd.GeoDataFrame


def build(seed: int = SEED) -> Region:
    """Make the district of a seed. Pure: no clock, no file, no network.

    Raises BrokenPartition for the rare seed whose borders cannot be cut cleanly.
    """
    # One stream of chance a part, so that a new kind of site does not redraw the map.
    of_land, of_cells, of_counts, of_sites, of_people = np.random.default_rng(seed).spawn(5)
    terrain = Terrain.raised(of_land)
    areas = tabulate(of_counts, cut(of_cells, terrain))
    water = waters(terrain, areas.loc[areas["level"] == "district", "geometry"].iloc[0])
    people, sites = appoint(of_people, establish(of_sites, areas, water))
    return Region(areas=areas, sites=sites, people=people, water=water)
