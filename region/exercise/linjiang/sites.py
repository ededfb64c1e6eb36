"""The sites of Linjiang: offices that receive directives, clinics, laboratories and the rest."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from region.exercise.linjiang.institutions import INSTITUTIONS
from region.exercise.linjiang.names import DISTRICT, TOWNSHIPS, Township
from region.exercise.linjiang.partition import shares
from region.exercise.linjiang.siting import Ground, middle_of_people

COLUMNS = (
    *("code", "type", "name_zh", "name_en", "area_code", "lon", "lat"),
    *("phone", "duty_phone", "capacity", "catchment_codes"),
)
CAPACITY_UNITS = {
    "hospital": "beds",
    "designated_hospital": "beds",
    "shelter_hospital": "beds",
    "quarantine_site": "rooms",
    "laboratory": "tubes a day",
    "sampling_site": "persons a day",
    "school": "pupils",
    "transfer_team": "vehicles",
}
SHORT = {
    "commission": "HC",
    "cdc": "CDC",
    "hospital": "HO",
    "designated_hospital": "DH",
    "fever_clinic": "FC",
    "laboratory": "LAB",
    "quarantine_site": "QS",
    "shelter_hospital": "SH",
    "warehouse": "WH",
    "school": "SC",
    "transfer_team": "TT",
    "subdistrict_office": "SO",
    "community_office": "CO",
    "community_health_centre": "CHC",
    "community_health_station": "CHS",
    "village_clinic": "VC",
    "sampling_site": "SS",
}
SAMPLING_SITES = 150
SAMPLERS = 1_000
PERSONS_A_SAMPLER = 360  # in 24 hours: population / 360 gives the samplers needed (DOMAIN 2.2)
HEALTH_STATIONS = 30
CLINICS_A_VILLAGE = 2
PLACES_OF_SAMPLING = ("广场 Square", "学校 School", "文体中心 Recreation Centre", "停车场 Car Park")


@dataclass(frozen=True)
class Plan:
    """A site before it has a number and a telephone: what it is, whose it is, and where it stands."""

    type: str
    name_zh: str
    name_en: str
    area_code: str
    at: tuple[float, float]
    capacity: int | None
    catchment: list[str]


class Atlas:
    """The areas, ready to be asked for by code while sites are placed."""

    def __init__(self, areas: gpd.GeoDataFrame) -> None:
        self.frame = areas.set_index("code")
        self.grids = self.frame[self.frame["level"] == "grid"]
        self.communities = self.frame[self.frame["level"] == "community"]
        self.by_stem = {
            str(name).removesuffix("社区").removesuffix("村"): str(code)
            for code, name in self.communities["name_zh"].items()
        }

    def row(self, code: str) -> Any:
        """The row of an area: name_zh, name_en, population, geometry and the rest."""
        return self.frame.loc[code]

    def children(self, code: str) -> list[str]:
        """Codes of the areas directly inside one, in order."""
        return [str(child) for child in self.frame.index[self.frame["parent_code"] == code]]

    def heart(self, code: str) -> shapely.Point:
        """Where the people of a community or township live on average."""
        grids = self.grids[self.grids.index.str.startswith(code)]
        middles = shapely.get_coordinates(shapely.centroid(grids.geometry.to_numpy()))
        return middle_of_people(middles, grids["population"].to_numpy(dtype=float))


def establish(rng: np.random.Generator, areas: gpd.GeoDataFrame, water: gpd.GeoDataFrame) -> pd.DataFrame:
    """All sites with the columns COLUMNS; duty_phone is still empty, for people bring their own telephones.

    Capacity is missing (NA) where a type has no unit in CAPACITY_UNITS.
    """
    surfaces = water.loc[water["kind"] != "river_line", "geometry"]
    ground = Ground(rng, shapely.union_all(surfaces.to_numpy()))
    atlas = Atlas(areas)
    plans = [*_institutions(atlas, ground), *_offices(atlas, ground)]
    plans += [*_clinics(atlas, ground), *_sampling(atlas, ground)]
    frame = pd.DataFrame([_row(plan) for plan in plans])
    serial = frame.groupby("type").cumcount() + 1
    frame["code"] = [f"{DISTRICT[0]}-{SHORT[t]}-{n:03d}" for t, n in zip(frame["type"], serial, strict=True)]
    frame["phone"] = [f"1000000{n:04d}" for n in range(1, len(frame) + 1)]
    frame["duty_phone"] = ""
    frame["capacity"] = frame["capacity"].astype("Int64")
    return frame[list(COLUMNS)]


def _row(plan: Plan) -> dict[str, Any]:
    return {
        "type": plan.type,
        "name_zh": plan.name_zh,
        "name_en": plan.name_en,
        "area_code": plan.area_code,
        "lon": plan.at[0],
        "lat": plan.at[1],
        "capacity": plan.capacity,
        "catchment_codes": plan.catchment,
    }


def _institutions(atlas: Atlas, ground: Ground) -> Iterator[Plan]:
    """The institutions of the district, each in its named community."""
    for one in INSTITUTIONS:
        home = atlas.by_stem[one.community]
        owner = DISTRICT[0] if one.serves_district else home
        at = ground.place(atlas.row(home).geometry)
        yield Plan(one.type, one.name_zh, one.name_en, owner, at, one.capacity, [owner])


def _offices(atlas: Atlas, ground: Ground) -> Iterator[Plan]:
    """The 8 + 96 offices that receive directives, each in the midst of its people."""
    for township in TOWNSHIPS:
        inside = atlas.children(township.code)
        zh, en = ("人民政府", "Government") if township.is_town else ("办事处", "Office")
        name_zh, name_en = township.name_zh + zh, f"{township.name_en} {en}"
        # The office is in the seat, so that the point belongs to township and seat at once.
        at = ground.place(atlas.row(inside[0]).geometry, atlas.heart(inside[0]))
        yield Plan("subdistrict_office", name_zh, name_en, township.code, at, None, inside)
        for code in inside:
            row = atlas.row(code)
            village = str(row["name_zh"]).endswith("村")
            zh, en = (
                ("村民委员会", "Villagers' Committee") if village else ("居民委员会", "Residents' Committee")
            )
            name_zh, name_en = f"{row['name_zh']}{zh}", f"{row['name_en']} {en}"
            at = ground.place(row.geometry, atlas.heart(code))
            yield Plan("community_office", name_zh, name_en, code, at, None, atlas.children(code))


def _clinics(atlas: Atlas, ground: Ground) -> Iterator[Plan]:
    """One health centre a township, stations in the most populous communities, two clinics a village."""
    for township in TOWNSHIPS:
        yield _centre(atlas, ground, township)
    residents = atlas.communities[~atlas.communities["name_zh"].str.endswith("村")]
    largest = residents.sort_values(["population", "code"], ascending=[False, True]).head(HEALTH_STATIONS)
    for code, row in largest.sort_index().iterrows():
        at = ground.place(row.geometry)
        names = f"{row['name_zh']}卫生服务站", f"{row['name_en']} Health Station"
        yield Plan("community_health_station", *names, str(code), at, None, [str(code)])
    villages = atlas.communities[atlas.communities["name_zh"].str.endswith("村")]
    for code, row in villages.iterrows():
        halves = np.array_split(np.array(atlas.children(str(code))), CLINICS_A_VILLAGE)
        for n, half in enumerate(halves, start=1):
            at = ground.place(_joint(atlas, [str(grid) for grid in half]))
            names = f"{row['name_zh']}第{n}卫生室", f"{row['name_en']} Clinic {n}"
            yield Plan("village_clinic", *names, str(code), at, None, [str(grid) for grid in half])


def _centre(atlas: Atlas, ground: Ground, township: Township) -> Plan:
    """The health centre of a sub-district, or the health centre of a town, in the midst of the township."""
    if township.is_town:
        names = f"{township.name_zh}卫生院", f"{township.name_en} Health Centre"
    else:
        names = f"{township.stem_zh}社区卫生服务中心", f"{township.stem_en} Community Health Centre"
    at = ground.place(atlas.row(township.code).geometry, atlas.heart(township.code))
    return Plan("community_health_centre", *names, township.code, at, None, atlas.children(township.code))


def _sampling(atlas: Atlas, ground: Ground) -> Iterator[Plan]:
    """150 sampling sites with 1,000 samplers, one or more a community; each grid belongs to exactly one."""
    crowd = atlas.communities["population"].to_numpy(dtype=float)
    spare = SAMPLING_SITES - len(crowd)
    numbers = 1 + shares(np.maximum(crowd - crowd.min() / 2, 1), spare)
    groups: list[tuple[str, int, list[str]]] = []
    for code, number in zip(atlas.communities.index, numbers, strict=True):
        split = np.array_split(np.array(atlas.children(str(code))), int(number))
        groups += [(str(code), n, [str(grid) for grid in part]) for n, part in enumerate(split)]
    people = np.array([float(atlas.grids.loc[part, "population"].sum()) for _, _, part in groups])
    samplers = shares(people, SAMPLERS)
    for (code, n, part), hands in zip(groups, samplers, strict=True):
        row = atlas.row(code)
        zh, en = PLACES_OF_SAMPLING[n % len(PLACES_OF_SAMPLING)].split(" ", 1)
        names = f"{row['name_zh']}{zh}采样点", f"{row['name_en']} {en} Sampling Site"
        at = ground.place(_joint(atlas, part))
        yield Plan("sampling_site", *names, code, at, int(hands) * PERSONS_A_SAMPLER, part)


def _joint(atlas: Atlas, grids: list[str]) -> BaseGeometry:
    """The land of several grids."""
    land = shapely.coverage_union_all(atlas.grids.loc[grids].geometry.to_numpy())
    return shapely.geometry.MultiPolygon(list(shapely.get_parts(land)))
