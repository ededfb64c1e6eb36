"""The levels of areas and the types of sites that are known by name; a region may load any other word as well."""

from __future__ import annotations

import re

from region.spine.errors import Invalid

LEVELS: tuple[tuple[str, str, str], ...] = (
    ("country", "国家", "Country"),
    ("province", "省", "Province"),
    ("city", "市", "City"),
    ("borough", "行政区（外国）", "Borough"),
    ("district", "区县", "District"),
    ("health_area", "卫生片区", "Health area"),
    ("subdistrict", "街道乡镇", "Sub-district"),
    ("postal_area", "邮编区", "Postal area"),
    ("community", "社区（村）", "Community"),
    ("grid", "网格", "Grid"),
)
"""Known levels from coarse to fine: code, Chinese, English. Only screens and ordering depend on this list."""

SITE_TYPES: tuple[tuple[str, str, str], ...] = (
    ("commission", "卫生健康委员会", "Health commission"),
    ("cdc", "疾病预防控制中心", "CDC"),
    ("hospital", "医院", "Hospital"),
    ("designated_hospital", "定点医院", "Designated hospital"),
    ("fever_clinic", "发热门诊", "Fever clinic"),
    ("shelter_hospital", "方舱医院", "Shelter hospital"),
    ("laboratory", "检测实验室", "Laboratory"),
    ("quarantine_site", "集中隔离点", "Quarantine site"),
    ("warehouse", "物资仓库", "Warehouse"),
    ("school", "学校", "School"),
    ("transfer_team", "转运队", "Transfer team"),
    ("subdistrict_office", "街道办事处", "Sub-district office"),
    ("community_office", "社区居（村）委会", "Community office"),
    ("community_health_centre", "社区卫生服务中心", "Community health centre"),
    ("community_health_station", "社区卫生服务站", "Community health station"),
    ("village_clinic", "村卫生室", "Village clinic"),
    ("sampling_site", "采样点", "Sampling site"),
)
"""Types of sites that rules and templates know by name: code, Chinese, English."""

KNOWN_TYPES = frozenset(code for code, _, _ in SITE_TYPES)
_ORDER = {code: at for at, (code, _, _) in enumerate(LEVELS)}
_TYPE_NAMES = {zh: code for code, zh, _ in SITE_TYPES}
_WORDS = {code: {"zh": zh, "en": en} for code, zh, en in (*LEVELS, *SITE_TYPES)}


def rank(level: str) -> int:
    """Where a level stands from coarse (0) to fine; unknown words come last and stay in their own order."""
    return _ORDER.get(level, len(LEVELS))


def word(code: str, lang: str) -> str:
    """The name of a level or type in the reader's language; an unknown one is shown by its own word."""
    return _WORDS.get(code, {}).get(lang) or code.replace("_", " ").capitalize()


def level_code(text: str) -> str:
    """A level as given by a person: ``Health area`` is ``health_area``; Invalid when no code can be made."""
    code = _slug(text)
    if not code or len(code) > 20:
        raise Invalid("level-unusable", level=text[:40])
    return code


def type_code(text: str) -> str | None:
    """A site's type as a code: a known Chinese name, or English words joined by ``_``; None when neither."""
    code = _slug(text)[:40].strip("_")
    british = code.replace("center", "centre")
    return _TYPE_NAMES.get(text.strip()) or (british if british in KNOWN_TYPES else code) or None


def _slug(text: str) -> str:
    if not text.isascii():
        return ""
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")
