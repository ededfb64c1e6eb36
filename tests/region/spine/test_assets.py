"""Every file of a page has a name; an unknown name or address is refused, and nothing points off our host."""

import json
import re
from pathlib import Path

import pytest

from region.spine import assets

ROOT = Path(__file__).parents[3]


def test_named_assets_lie_under_static():
    for name in assets.ASSETS:
        assert re.match(r"/static/[\w./-]+(\?v=[0-9a-f]{10})?$", assets.asset_url(name)), name


def test_an_own_file_gets_the_digest_of_its_content():
    assert re.search(r"\?v=[0-9a-f]{10}$", assets.asset_url("base.css"))
    assert assets.asset_url("css/base.css") == assets.asset_url("base.css")


def test_the_version_follows_the_content(tmp_path, monkeypatch):
    monkeypatch.setattr(assets, "STATIC", tmp_path)
    (tmp_path / "js").mkdir()
    (tmp_path / "js/field.js").write_text("one")
    first = assets.asset_url("js/field.js")
    (tmp_path / "js/field.js").write_text("another")
    assert assets.asset_url("js/field.js") != first
    assert assets.asset_url("dexie.js") == "/static/vendor/dexie/dexie.min.js"
    assert "dexie.js" in assets.missing()


@pytest.mark.parametrize(
    "name", ["jquery.js", "", "js/../../settings.py", "vendor/.stamp", "/etc/passwd", "js/no-such-file.js"]
)
def test_unknown_names_are_refused(name):
    with pytest.raises(assets.UnknownAsset):
        assets.asset_url(name)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://cdn.example/npm/leaflet@1.9.3/dist/leaflet.js", "leaflet.js"),
        ("https://cdn.example/leaflet.draw/1.0.2/leaflet.draw.css?x=1", "leaflet-draw.css"),
        ("live-map.js", "live-map.js"),
    ],
)
def test_addresses_resolve_by_their_last_part(url, name):
    assert assets.resolve(url) == name
    assert assets.local_address(url).startswith("/static/")


@pytest.mark.parametrize("url", ["https://cdn.example/jquery.min.js", "https://cdn.example/", "", "leaflet"])
def test_unknown_addresses_are_refused(url):
    with pytest.raises(assets.UnknownAsset):
        assets.resolve(url)


def test_every_package_of_the_table_is_locked_and_every_dependency_used():
    named = {asset.package for asset in assets.ASSETS.values() if asset.package}
    assert named == set(json.loads((ROOT / "package.json").read_text())["dependencies"])
    locked = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    for package in named:
        assert locked[f"node_modules/{package}"]["integrity"]


def test_the_lock_has_no_addresses_of_packages():
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"].values()
    assert not [facts for facts in packages if "resolved" in facts]


def test_no_own_style_or_script_reaches_another_host():
    for file in [*assets.STATIC.glob("css/*.css"), *assets.STATIC.glob("js/*.js")]:
        assert not re.search(r"(https?:)?//[a-z0-9-]+\.[a-z]", file.read_text("utf-8")), file.name
