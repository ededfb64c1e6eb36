"""What the sites of Linjiang hold, have used in ten days, and can take in: invented, plausible, the same every time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

DAYS = 10
SEED = 990_106
PROFILES = {
    "hospital": (
        "n95 220, surgical_mask 600, coverall 60, isolation_gown 180, face_shield 90, gloves "
        "900, hand_gel 40, alcohol_75 25, chlorine_tablet 300, waste_bag 260, antipyretic 30, "
        "syringe 400, oxygen_cylinder 18, antigen_kit 120"
    ),
    "designated_hospital": (
        "n95 260, coverall 150, isolation_gown 220, goggles 40, face_shield 110, gloves 800, "
        "hand_gel 30, chlorine_tablet 400, waste_bag 300, antiviral 6, antipyretic 12, "
        "oxygen_cylinder 24, oxygen_liquid 420, tcm_granule 20"
    ),
    "shelter_hospital": (
        "n95 180, coverall 90, isolation_gown 120, face_shield 60, gloves 500, hand_gel 24, "
        "chlorine_tablet 260, waste_bag 220, tcm_granule 70, antipyretic 16, oxygen_cylinder 5, "
        "meal 240, water 320"
    ),
    "fever_clinic": (
        "n95 60, surgical_mask 160, coverall 24, isolation_gown 50, face_shield 24, gloves 180, "
        "hand_gel 6, alcohol_75 4, chlorine_tablet 60, swab 130, tube_1 120, waste_bag 50, "
        "antigen_kit 60"
    ),
    "laboratory": (
        "n95 60, coverall 40, isolation_gown 30, face_shield 20, gloves 420, pcr_kit 6000, "
        "extraction_kit 6000, control_material 24, pcr_plate 64, pipette_tip 12500, alcohol_75 "
        "8, waste_bag 120"
    ),
    "quarantine_site": (
        "n95 40, coverall 22, isolation_gown 36, face_shield 14, gloves 90, hand_gel 6, "
        "chlorine_tablet 120, waste_bag 140, antigen_kit 50, meal 330, water 400, toiletry_kit "
        "18"
    ),
    "cdc": (
        "n95 70, coverall 50, isolation_gown 30, goggles 12, face_shield 30, gloves 200, "
        "hand_gel 8, alcohol_75 12, peroxide 10, chlorine_liquid 40, swab 300, tube_1 260, "
        "boot_cover 60"
    ),
    "transfer_team": (
        "n95 30, coverall 28, goggles 8, face_shield 20, gloves 80, boot_cover 28, hand_gel 3, "
        "alcohol_75 4, peroxide 3, waste_bag 24, wipes 6, oxygen_cylinder 2"
    ),
    "community_health_centre": (
        "n95 34, surgical_mask 140, coverall 10, isolation_gown 24, face_shield 10, gloves 120, "
        "hand_gel 5, alcohol_75 4, chlorine_tablet 40, waste_bag 36, antigen_kit 40, "
        "antipyretic 9"
    ),
    "community_health_station": (
        "n95 10, surgical_mask 50, isolation_gown 6, gloves 40, hand_gel 2, alcohol_75 2, "
        "antigen_kit 14, antipyretic 3"
    ),
    "village_clinic": ("n95 5, surgical_mask 24, gloves 18, hand_gel 1.4, alcohol_75 1.2, antipyretic 2"),
    "sampling_site": (
        "n95 14, coverall 7, face_shield 7, gloves 230, hand_gel 3, alcohol_75 2, swab 2300, "
        "tube_10 230, tube_1 8, label_roll 0.6, specimen_bag 24, waste_bag 12"
    ),
}
"""What a site of each type uses in a day of an outbreak: items, each with a number in its unit."""

RESERVE = (
    *("n95", "surgical_mask", "coverall", "isolation_gown", "goggles", "face_shield", "gloves", "swab"),
    *("tube_10", "tube_1", "pcr_kit", "antigen_kit", "hand_gel", "alcohol_75", "chlorine_tablet"),
    *("waste_bag", "oxygen_cylinder", "meal", "water", "blanket", "tent", "ventilator_noninvasive"),
)
"""What a warehouse keeps; it gives out to sites and uses nothing itself."""
ONE_EACH = frozenset({"tent", "ventilator_noninvasive", "blanket"})

LOTS = (("F1", 310), ("F2", 560), ("N1", 24), ("N2", 75), ("X1", -6))
"""The lots of each item: a mark, and how many days it may still be used; N is near expiry, X has expired."""
FAR, NEAR, EXPIRED = ("F1", "F2"), ("N1", "N2"), "X1"
SILENT, NEW = 8, 4
"""How many sites tell nothing for five days, and how many have one day behind them."""


@dataclass(frozen=True)
class Parcel:
    """So many of one lot that came in at the beginning; `blocked` of them wait for a quality check."""

    lot: str
    quantity: int
    blocked: int = 0
    owner: str = "own"


@dataclass(frozen=True)
class Kept:
    """One item at one site: what came, and what each of the ten days used, the oldest first, of the first parcel."""

    site: str
    item: str
    parcels: tuple[Parcel, ...]
    used: tuple[int, ...]


@dataclass(frozen=True)
class Able:
    """One kind of capacity at one site, told so many hours ago."""

    site: str
    kind: str
    total: int
    ready: int
    in_use: int
    broken: int
    hours: float


def daily_use(profile: str) -> dict[str, float]:
    """A line of PROFILES by item."""
    return {item: float(number) for item, number in (part.split() for part in profile.split(", "))}


def stock_of(sites: pd.DataFrame) -> list[Kept]:
    """What every site keeps that keeps anything; columns `code` and `type` are looked at."""
    rng = np.random.default_rng(SEED)
    profiles = {type_: daily_use(profile) for type_, profile in PROFILES.items()}
    codes = [str(code) for code, type_ in zip(sites["code"], sites["type"], strict=True) if type_ in PROFILES]
    odd = [codes[at] for at in rng.choice(len(codes), SILENT + NEW, replace=False)]
    found: list[Kept] = []
    for code, type_ in zip(sites["code"], sites["type"], strict=True):
        if type_ == "warehouse":
            found += _warehouse(rng, str(code))
        scale = float(rng.uniform(0.6, 1.4))
        for item, daily in profiles.get(str(type_), {}).items():
            days = rng.poisson(daily * scale * rng.uniform(0.75, 1.25, DAYS)) + (daily * scale > 0.5)
            if code in odd[:SILENT]:
                days[DAYS // 2 :] = 0
            elif code in odd:
                days[:-1] = 0
            found.append(_kept(rng, str(code), item, days))
    return found


def _kept(rng: np.random.Generator, site: str, item: str, days: Any) -> Kept:
    used = tuple(int(number) for number in days)
    recent = [number for number in used if number][-3:]
    burn = sum(recent) / len(recent) if recent else 1.0
    lasts = rng.choice([0.0, 3.5, 10.0, 28.0], p=[0.02, 0.11, 0.2, 0.67]) * rng.uniform(0.6, 1.3)
    left = round(burn * lasts)
    chance = rng.random(3)
    lot = str(rng.choice(NEAR if chance[0] < 0.14 else FAR))
    first = Parcel(lot, sum(used) + left, left // 2 if chance[1] < 0.03 else 0)
    old = (Parcel(EXPIRED, max(1, round(burn * 2))),) if chance[2] < 0.04 else ()
    return Kept(site, item, (first, *old), used)


def _warehouse(rng: np.random.Generator, site: str) -> Iterator[Kept]:
    daily = {item: number for profile in PROFILES.values() for item, number in daily_use(profile).items()}
    for item in RESERVE:
        whole = 40 if item in ONE_EACH else round(daily[item] * 150 * float(rng.uniform(0.7, 1.3)))
        parts = [Parcel("F1", whole // 2, owner="government"), Parcel("F2", whole // 3)]
        if rng.random() < 0.4:
            parts.append(Parcel("N2", whole // 10 + 1, owner="donated"))
        if rng.random() < 0.2:
            parts.append(Parcel("N1", whole // 20 + 1, whole // 20 + 1))
        yield Kept(site, item, tuple(parts), (0,) * DAYS)


SIZES = {
    "beds.ward": (0.78, 0.97, 0.82),
    "beds.icu": (0.04, 0.92, 0.8),
    "beds.emergency": (0.05, 1.0, 0.55),
    "beds.negative_pressure": (0.03, 1.0, 0.5),
    "beds.isolation": (0.9, 1.0, 0.11),
    "beds.shelter": (1.0, 1.0, 0.375),
    "rooms.quarantine": (1.0, 0.96, 0.84),
    "lab.tubes_per_day": (1.0, 1.0, 0.86),
    "vehicles.ambulance": (0.02, 0.9, 0.5),
    "vehicles.negative_pressure": (0.5, 0.9, 0.6),
    "vehicles.bus": (0.5, 1.0, 0.5),
    "teams.transfer": (0.5, 1.0, 0.6),
}
"""Of a kind that goes with the size of a site: its part of the site's size, of that ready, of that in use."""
COUNTED = {
    ("cdc", "samplers"): (1_000, 940, 880),
    ("cdc", "teams.epi"): (40, 38, 31),
    ("cdc", "teams.disinfection"): (16, 15, 9),
    ("commission", "sites.sampling"): (180, 165, 150),
    ("commission", "teams.medical"): (12, 11, 5),
    ("shelter_hospital", "teams.medical"): (8, 8, 6),
    ("warehouse", "vehicles.truck"): (9, 8, 5),
    ("fever_clinic", "beds.emergency"): (12, 12, 7),
    ("community_health_centre", "samplers"): (24, 22, 18),
    ("community_health_centre", "vehicles.ambulance"): (2, 2, 1),
    ("designated_hospital", "vehicles.negative_pressure"): (3, 3, 1),
}
"""Total, ready and in use of kinds that do not."""


def capacity_of(sites: pd.DataFrame, asked: Mapping[str, Any]) -> list[Able]:
    """What the sites tell of the kinds that they are asked for (`asked`, by type); some long ago, some never."""
    rng = np.random.default_rng(SEED + 1)
    found: list[Able] = []
    for code, type_, size in zip(sites["code"], sites["type"], sites["capacity"], strict=True):
        hours = float(rng.choice([1.5, 5.0, 20.0, 60.0], p=[0.45, 0.3, 0.13, 0.12])) * rng.uniform(0.6, 1.2)
        for kind in asked.get(str(type_), ()):
            numbers = _numbers(rng, str(type_), str(kind), size)
            if numbers is not None and (rng.random() > 0.04 or str(type_) == "shelter_hospital"):
                found.append(Able(str(code), str(kind), *numbers, round(hours, 2)))
    return found


def _numbers(rng: np.random.Generator, type_: str, kind: str, size: Any) -> tuple[int, int, int, int] | None:
    """Total, ready, in use and out of use; None for a kind that depends on a size nobody knows."""
    if (type_, kind) in COUNTED:
        total, ready, in_use = COUNTED[type_, kind]
    elif pd.isna(size):
        return None
    else:
        of_size, of_total, of_ready = SIZES[kind]
        total = max(2, round(int(size) * of_size))
        ready = max(1, round(total * of_total))
        in_use = min(ready, round(ready * of_ready * float(rng.uniform(0.85, 1.12))))
    return total, ready, in_use, (total - ready) // 2
