"""GeoPackages and zipped Shapefiles to records, read from a private folder that holds nothing else."""

from __future__ import annotations

import datetime as dt
import tempfile
import warnings
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import pyogrio.raw
import shapely
from pyogrio.errors import DataLayerError, DataSourceError
from shapely.geometry.base import BaseGeometry

from region.formats.archive import open_archive, read_member
from region.formats.areas.model import AreaLimits, RawAreas, RawFeature
from region.formats.findings import Notice, Problem, Unreadable
from region.formats.text import decode

GPKG_MAGIC = b"SQLite format 3\x00"
_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_ENCODING_NAMES = {"utf-8": "UTF-8", "gb18030": "GB18030"}


def read_geopackage(data: bytes, limits: AreaLimits, layer: str | None = None) -> RawAreas:
    """Records of a GeoPackage's one layer, or of the named one (`several_layers` offers the names)."""
    if not data[68:72].startswith((b"GPKG", b"GP1")):  # the application id that the standard asks for
        raise Unreadable("broken_geo_file", reason="not a GeoPackage")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "areas.gpkg"
        path.write_bytes(data)
        return _read(path, limits, layer, None, ())


def read_shapefile(
    data: bytes, limits: AreaLimits, layer: str | None = None, encoding: str | None = None
) -> RawAreas:
    """Records of the one Shapefile in a zip, or of the named one.

    The members are written under our own names, so nothing in the archive can choose a path. Without a .cpg
    member the text encoding is found from the .dbf, certain or refused. A missing .prj leaves `crs` None.
    """
    archive = open_archive(data, limits.unpacked_bytes, limits.unpacking_ratio)
    members: dict[str, dict[str, str]] = {}
    for name in archive.namelist():
        path = PurePosixPath(name.replace("\\", "/"))
        if path.suffix.lower() in _PARTS and "__MACOSX" not in path.parts:
            members.setdefault(path.stem, {})[path.suffix.lower()] = name
    found = [stem for stem, parts in members.items() if ".shp" in parts and (layer is None or stem == layer)]
    if not found:
        raise Unreadable("no_shapefile")
    if len(found) > 1:
        raise Unreadable("several_layers", layers=sorted(found))
    parts = {suffix: read_member(archive, name) for suffix, name in members[found[0]].items()}
    missing = [suffix for suffix in (".shx", ".dbf") if suffix not in parts]
    if missing:
        raise Unreadable("shapefile_incomplete", missing=missing)
    notices: list[Notice] = []
    if encoding is None and ".cpg" not in parts:
        _text, name = decode(_dbf_text(parts[".dbf"]))
        encoding = _ENCODING_NAMES.get(name, name)
        notices.append(Notice("encoding", {"encoding": name, "stated": False}))
    with tempfile.TemporaryDirectory() as folder:
        for suffix, content in parts.items():
            (Path(folder) / f"areas{suffix}").write_bytes(content)
        return _read(Path(folder) / "areas.shp", limits, None, encoding, tuple(notices))


def _dbf_text(dbf: bytes) -> bytes:
    """The records of a dBase file, without its header, whose binary counts are no text."""
    start = int.from_bytes(dbf[8:10], "little")
    return dbf[start:].replace(b"\x00", b" ").rstrip(b"\x1a")


def _read(
    path: Path, limits: AreaLimits, layer: str | None, encoding: str | None, notices: tuple[Notice, ...]
) -> RawAreas:
    """The records of one layer; what GDAL only warns of becomes a notice, without our folder's name."""
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        meta, shapes, values = _layer(path, limits, layer, encoding)
    told = sorted({str(warning.message).replace(f"{path.parent}/", "") for warning in heard})
    names = [str(name) for name in meta["fields"]]
    features: list[RawFeature] = []
    for index in range(len(shapes)):
        properties = {name: _plain(column[index]) for name, column in zip(names, values, strict=True)}
        features.append(_feature(index + 1, properties, shapes[index]))
    crs = None if meta["crs"] is None else str(meta["crs"])
    warned = (Notice("container_warning", {"message": text[:300]}) for text in told[:20])
    return RawAreas(tuple(features), crs, (*notices, *warned))


def _layer(
    path: Path, limits: AreaLimits, layer: str | None, encoding: str | None
) -> tuple[dict[str, Any], Any, Any]:
    """GDAL's metadata, WKB shapes and columns of the chosen layer."""
    try:
        layers = [str(row[0]) for row in pyogrio.list_layers(path) if row[1] is not None]
        if layer is None and len(layers) != 1:
            raise Unreadable("several_layers" if layers else "no_layer", layers=layers)
        chosen = layer or layers[0]
        count = pyogrio.read_info(path, layer=chosen, encoding=encoding, force_feature_count=True)["features"]
        if count > limits.features:
            raise Unreadable("too_large", features=count, limit=limits.features)
        meta, _ids, shapes, values = pyogrio.raw.read(
            path, layer=chosen, encoding=encoding, force_2d=True, datetime_as_string=True
        )
    except (DataSourceError, DataLayerError, UnicodeDecodeError) as error:
        raise Unreadable("broken_geo_file", reason=type(error).__name__) from error
    return meta, shapes, values


def _feature(number: int, properties: dict[str, object], wkb: bytes | None) -> RawFeature:
    if wkb is None:
        return RawFeature(number, properties, None, Problem(number, "empty_geometry"))
    try:
        return _judged(number, properties, shapely.from_wkb(wkb), closed=0)
    except shapely.GEOSException:  # a ring left open, or too short to be one
        return _judged(number, properties, _closed(wkb), closed=1)


def _closed(wkb: bytes) -> BaseGeometry | None:
    return shapely.from_wkb(wkb, on_invalid="fix")


def _judged(
    number: int, properties: dict[str, object], shape: BaseGeometry | None, closed: int
) -> RawFeature:
    if shape is None:
        return RawFeature(number, properties, None, Problem(number, "broken_geometry"))
    if shape.is_empty:
        return RawFeature(number, properties, None, Problem(number, "empty_geometry"))
    if shape.geom_type not in {"Polygon", "MultiPolygon"}:
        return RawFeature(number, properties, None, Problem(number, "not_an_area", {"kind": shape.geom_type}))
    return RawFeature(number, properties, shape, closed=closed)


def _plain(value: object) -> object:
    """A property as JSON would hold it."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and value != value:
        return None
    return value.isoformat() if isinstance(value, dt.date) else value
