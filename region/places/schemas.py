"""What comes in for a load: the same fields from a form, parsed once into options."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from region.formats.text import clean
from region.places.plan import AreaOptions, Options, SiteOptions
from region.spine.errors import Invalid

CRS = ("WGS84", "CGCS2000", "GCJ02", "BD09", "EPSG")


@dataclass(frozen=True)
class Field:
    """One field of the form: its name, its English label and hint, and what it begins with."""

    name: str
    label: str
    hint: str = ""
    value: str = ""


AREA_FIELDS = (
    Field("level", "Level of all rows", "district, community, grid … or any other word"),
    Field("level_column", "Column with the level of each row", "if they differ"),
    Field("code", "Column with the code", value="code"),
    Field("name_zh", "Column with the Chinese name", value="name_zh"),
    Field("name_en", "Column with the English name"),
    Field("parent", "Parent", "a column with its code, or the word geometry"),
    Field("parent_level", "Level of the parents"),
    Field("under", "Code of the place for rows without a parent"),
    Field("population", "Column with the population"),
    Field("population_year", "Year of the population", "a year, or a column"),
    Field("households", "Column with the households"),
    Field("valid_from", "Column with the day from which the code holds"),
    Field("overlap", "Overlap allowed", "share of the smaller area", value="0.001"),
    Field("layer", "Layer", "if the file holds several"),
)
SITE_FIELDS = (
    Field("code", "Column with the code", value="code"),
    Field("name_zh", "Column with the Chinese name", value="name_zh"),
    Field("name_en", "Column with the English name"),
    Field("type_column", "Column with the type", value="type"),
    Field("type", "Type of all rows", "if no column says it"),
    Field("area", "Area", "a column with its code, or the word geometry", value="geometry"),
    Field("area_level", "Level of these areas"),
    Field("lon", "Column with the longitude", value="lon"),
    Field("lat", "Column with the latitude", value="lat"),
    Field("phone", "Column with the telephone"),
    Field("duty_phone", "Column with the duty telephone"),
    Field("capacity", "Column with the capacity"),
    Field("catchment", "Column with the codes of the areas served", "separated by ;"),
    Field("sheet", "Sheet", "if the workbook holds several"),
)
ENCODING = Field("encoding", "Text encoding", "only if the file was refused as unclear")


def parse_options(form: Mapping[str, str]) -> Options:
    """The options of a form; its `kind` is areas or sites. Invalid names the field that is wrong."""
    kind = form.get("kind")
    if kind not in ("areas", "sites"):
        raise Invalid("load-kind", field="kind")
    wanted = AreaOptions if kind == "areas" else SiteOptions
    names = [f.name for f in fields(wanted) if f.name not in ("crs", "overlap", "aliases")]
    texts: dict[str, Any] = {name: clean(form[name])[:120] for name in names if name in form}
    crs = _crs(form)
    if kind == "sites":
        return SiteOptions(crs=crs, **texts)
    return AreaOptions(crs=crs, overlap=_share(form.get("overlap", "0.001")), **texts)


def _crs(form: Mapping[str, str]) -> str:
    """The coordinate system as chosen; EPSG takes its number from a field of its own."""
    chosen = form.get("crs", "")
    if chosen not in ("", *CRS):
        raise Invalid("crs-unknown", field="crs", given=chosen[:40])
    if chosen != "EPSG":
        return chosen
    number = form.get("epsg", "").strip()
    if not number.isdigit():
        raise Invalid("crs-unknown", field="epsg", given=number[:40])
    return f"EPSG:{number}"


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise Invalid("overlap-not-a-share", field="overlap")
    return share
