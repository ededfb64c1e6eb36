"""The areas of Linjiang from city to grid: codes, names, people, households; each level sums the next."""

from collections.abc import Iterator

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from region.exercise.linjiang.names import CITY, DISTRICT, POPULATION_YEAR, TOWNSHIPS, Township
from region.exercise.linjiang.partition import Partition, shares

LEVELS = ("city", "district", "subdistrict", "community", "grid")
COLUMNS = (
    *("code", "parent_code", "level", "name_zh", "name_en"),
    *("population", "population_year", "households", "geometry"),
)


def tabulate(rng: np.random.Generator, partition: Partition) -> gpd.GeoDataFrame:
    """All areas, coarse before fine; columns COLUMNS. The city has no parent ("") and only this district."""
    grids = _grids(rng, partition)
    communities = _gathered(grids, "community", dict(_community_names()))
    townships = _gathered(communities, "subdistrict", {t.code: (t.name_zh, t.name_en) for t in TOWNSHIPS})
    district = _gathered(townships, "district", {DISTRICT[0]: DISTRICT[1:]})
    city = _gathered(district, "city", {CITY[0]: CITY[1:]})
    frames = (city, district, townships, communities, grids)
    whole = pd.concat([frame[list(COLUMNS)] for frame in frames], ignore_index=True)
    return gpd.GeoDataFrame(whole, geometry="geometry", crs="EPSG:4326")


def _community_codes(township: Township) -> list[str]:
    """Codes of a township in the order of its names: residents' committees from 001, villages from 200."""
    residents = [f"{township.code}{1 + n:03d}" for n in range(len(township.residents))]
    return residents + [f"{township.code}{200 + n:03d}" for n in range(len(township.villages))]


def _community_names() -> Iterator[tuple[str, tuple[str, str]]]:
    """Each community's code with its full name in Chinese and English."""
    for township in TOWNSHIPS:
        stems = [(stem, "社区", "Community") for stem in township.residents]
        stems += [(stem, "村", "Village") for stem in township.villages]
        for code, (stem, zh, en) in zip(_community_codes(township), stems, strict=True):
            own_zh, own_en = stem.split(" ", 1)
            yield code, (own_zh + zh, f"{own_en} {en}")


def _coded(partition: Partition) -> NDArray[np.object_]:
    """The community code of each grid: in a township the seat comes first, the rest by distance from it."""
    middles = shapely.get_coordinates(shapely.centroid(partition.grids))
    codes = np.empty(len(partition.grids), dtype=object)
    for number, township in enumerate(TOWNSHIPS):
        mine = np.unique(partition.community[partition.township == number])
        centres = np.array([middles[partition.community == one].mean(axis=0) for one in mine])
        apart = np.hypot(*(centres - middles[partition.township == number].mean(axis=0)).T)
        ranked = mine[np.argsort(np.round(apart, 6), kind="stable")]
        for one, code in zip(ranked, _community_codes(township), strict=True):
            codes[partition.community == one] = code
    return codes


def _grids(rng: np.random.Generator, partition: Partition) -> gpd.GeoDataFrame:
    """The grids, numbered from north to south in their community, with people and households."""
    frame = gpd.GeoDataFrame(
        {"parent_code": _coded(partition)}, geometry=list(partition.grids), crs="EPSG:4326"
    )
    north = shapely.get_y(shapely.centroid(partition.grids))
    frame = frame.iloc[np.lexsort((-np.round(north, 6), frame["parent_code"].to_numpy(dtype=str)))]
    frame = frame.reset_index(drop=True)
    serial = frame.groupby("parent_code").cumcount() + 1
    names = dict(_community_names())
    frame["code"] = [f"{parent}{n:03d}" for parent, n in zip(frame["parent_code"], serial, strict=True)]
    frame["name_zh"] = [f"{names[p][0]}第{n}网格" for p, n in zip(frame["parent_code"], serial, strict=True)]
    frame["name_en"] = [f"{names[p][1]} Grid {n}" for p, n in zip(frame["parent_code"], serial, strict=True)]
    frame["level"] = "grid"
    frame["population_year"] = POPULATION_YEAR
    frame["population"] = _population(rng, frame)
    size = rng.uniform(2.35, 2.85, len(frame))  # persons a household, about the census of 2020
    frame["households"] = np.round(frame["population"] / size).astype(int)
    return frame


def _population(rng: np.random.Generator, grids: gpd.GeoDataFrame) -> NDArray[np.int_]:
    """People of each grid, shape (n,): uneven, and in each township exactly as many as planned."""
    people = np.zeros(len(grids), dtype=int)
    weights = np.clip(rng.lognormal(0, 0.22, len(grids)), 0.5, 1.9)
    for township in TOWNSHIPS:
        mine = grids["parent_code"].str.startswith(township.code).to_numpy()
        people[mine] = shares(weights[mine], township.population)
    return people


def _gathered(finer: gpd.GeoDataFrame, level: str, names: dict[str, tuple[str, str]]) -> gpd.GeoDataFrame:
    """The next coarser level: people summed, outlines joined along borders that are exactly the same."""
    groups = finer.groupby("parent_code", sort=True)
    codes = [str(code) for code, _ in groups]
    return gpd.GeoDataFrame(
        {
            "code": codes,
            "parent_code": [_parent(code) for code in codes],
            "level": level,
            "name_zh": [names[code][0] for code in codes],
            "name_en": [names[code][1] for code in codes],
            "population": groups["population"].sum().to_numpy(),
            "population_year": POPULATION_YEAR,
            "households": groups["households"].sum().to_numpy(),
        },
        geometry=[_joined(group.geometry.to_numpy()) for _, group in groups],
        crs="EPSG:4326",
    )


def _joined(pieces: NDArray[np.object_]) -> shapely.Polygon:
    """One polygon from pieces of a coverage; exact, because no point is moved or computed anew."""
    whole = shapely.normalize(shapely.coverage_union_all(np.asarray(pieces, dtype=object)))
    if not isinstance(whole, shapely.Polygon):
        (whole,) = shapely.get_parts(whole)
    return whole


def _parent(code: str) -> str:
    """The code one level up: 15, 12, 9, 6 and 4 digits; "" above the city."""
    return {4: "", 6: code[:4], 9: code[:6], 12: code[:9], 15: code[:12]}[len(code)]
