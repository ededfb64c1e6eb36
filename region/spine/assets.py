"""Every script, style and font that a page may load, by name: vendored files and our own, no foreign ones."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

STATIC = Path(__file__).resolve().parent.parent / "static"
PREFIX = "/static/"
OWN_FOLDERS = ("css", "js", "img")


class UnknownAsset(LookupError):
    """A page asked for a file, or an address, that is not in the table; nothing is served in its place."""


@dataclass(frozen=True)
class Asset:
    """One file of a page: where it lies under static/, and the npm package and path that it is copied from.

    `beside` are globs inside the package folder of `source` that the file itself refers to (pictures, fonts);
    they keep their place relative to it. `known_as` are the last parts of addresses that mean this file.
    """

    path: str
    package: str = ""
    source: str = ""
    beside: tuple[str, ...] = ()
    known_as: tuple[str, ...] = ()


ASSETS: dict[str, Asset] = {
    "leaflet.js": Asset(
        "vendor/leaflet/leaflet.js", "leaflet", "dist/leaflet.js", known_as=("leaflet.js", "leaflet-src.js")
    ),
    "leaflet.css": Asset(
        "vendor/leaflet/leaflet.css",
        "leaflet",
        "dist/leaflet.css",
        beside=("images/*.png",),
        known_as=("leaflet.css",),
    ),
    "leaflet-draw.js": Asset(
        "vendor/leaflet-draw/leaflet.draw.js",
        "leaflet-draw",
        "dist/leaflet.draw.js",
        known_as=("leaflet.draw.js", "leaflet-draw.js"),
    ),
    "leaflet-draw.css": Asset(
        "vendor/leaflet-draw/leaflet.draw.css",
        "leaflet-draw",
        "dist/leaflet.draw.css",
        beside=("images/*.png", "images/*.svg"),
        known_as=("leaflet.draw.css", "leaflet-draw.css"),
    ),
    "dexie.js": Asset("vendor/dexie/dexie.min.js", "dexie", "dist/dexie.min.js", known_as=("dexie.min.js",)),
    "echarts.js": Asset(
        "vendor/echarts/echarts.min.js", "echarts", "dist/echarts.min.js", known_as=("echarts.min.js",)
    ),
    "noto-sans-sc.css": Asset(
        "vendor/noto-sans-sc/index.css",
        "@fontsource-variable/noto-sans-sc",
        "index.css",
        beside=("files/*.woff2",),
    ),
    "paper-regular.ttf": Asset(
        "vendor/paper/NotoSansSC_400Regular.ttf",
        "@expo-google-fonts/noto-sans-sc",
        "400Regular/NotoSansSC_400Regular.ttf",
    ),
    "paper-bold.ttf": Asset(
        "vendor/paper/NotoSansSC_700Bold.ttf",
        "@expo-google-fonts/noto-sans-sc",
        "700Bold/NotoSansSC_700Bold.ttf",
    ),
    "tokens.css": Asset("css/tokens.css"),
    "base.css": Asset("css/base.css"),
    "parts.css": Asset("css/parts.css"),
    "signs.css": Asset("css/signs.css"),
    "wall.css": Asset("css/wall.css"),
    "desk.css": Asset("css/desk.css"),
    "inbox.css": Asset("css/inbox.css"),
    "map-marks.js": Asset("js/map-marks.js", known_as=("map-marks.js",)),
    "map-draw.js": Asset("js/map-draw.js", known_as=("map-draw.js",)),
    "live-map.js": Asset("js/live-map.js", known_as=("live-map.js",)),
}


def asset_url(name: str) -> str:
    """The address, on our own host, of a named asset or of an own file ("js/field.js"), with its version.

    The version is the digest of the file, so that it may be cached for ever. A vendored file that is not
    there yet has no version (see `missing`). Raises UnknownAsset for a name that is neither.
    """
    known = ASSETS.get(name)
    path = known.path if known else _own_file(name)
    version = _version(STATIC / path)
    return f"{PREFIX}{path}?v={version}" if version else f"{PREFIX}{path}"


def resolve(url: str) -> str:
    """The name of the asset that an address stands for, on whatever host and in whatever version.

    Raises UnknownAsset for an address whose last part is not in the table: libraries that bring addresses of
    public networks with them (Folium) must fail here, in a test, and not on a closed network.
    """
    last = PurePosixPath(urlsplit(url).path).name
    for name, asset in ASSETS.items():
        if last and (last == name or last in asset.known_as):
            return name
    raise UnknownAsset(f"no asset is known for the address {url!r}")


def local_address(url: str) -> str:
    """Our own address in place of any other; what `maps` is given as `assets`. Raises UnknownAsset."""
    return asset_url(resolve(url))


def missing() -> list[str]:
    """Names of the table whose file is not there: run tools/assets.py if this is not empty."""
    return [name for name, asset in ASSETS.items() if not (STATIC / asset.path).is_file()]


def _own_file(name: str) -> str:
    path = PurePosixPath(name)
    own = len(path.parts) > 1 and path.parts[0] in OWN_FOLDERS and ".." not in path.parts
    if not own or not (STATIC / path).is_file():
        raise UnknownAsset(f"no asset has the name {name!r}")
    return str(path)


def _version(file: Path) -> str:
    try:
        facts = file.stat()
    except FileNotFoundError:
        return ""
    return _digest(file, facts.st_mtime_ns, facts.st_size)


@lru_cache(maxsize=512)
def _digest(file: Path, _changed: int, _size: int) -> str:
    return sha256(file.read_bytes()).hexdigest()[:10]
