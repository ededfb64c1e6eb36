"""Places reached, silenced, moved and retired, on both databases."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from region.places import actions, queries
from region.places.models import Place, Site
from region.spine.errors import Forbidden, Invalid, Missing, Refused
from tests.world import World


def test_the_key_of_a_channel_is_shown_once_and_sealed(world: World) -> None:
    clinic = world.clinic(world.area())
    with world.as_("administrator", clinic) as w:
        key = actions.set_channel(w, clinic.id, "https://his.example.org:8443/in")
        again = actions.set_channel(w, clinic.id, "https://his.example.org:8443/in")
    assert key and again and key != again
    with world.as_system() as w:
        site = w.get(Site, clinic.id)
        assert site.webhook_key is not None and again not in site.webhook_key
        assert world.office.installation.seal.open(site.webhook_key) == again
        assert actions.set_channel(w, clinic.id, None) is None
        assert (site.webhook_url, site.webhook_key) == (None, None)
    assert [one.data["channel"] for one in world.journal("places.ChannelSet")] == [
        "webhook",
        "webhook",
        "none",
    ]


@pytest.mark.parametrize(
    "url",
    ["ftp://h/x", "https://", "javascript:alert(1)", "https://a:b@h/", "https://h/ x", "https://h:99999/"],
)
def test_an_address_that_is_no_web_address_is_refused(sqlite_world: World, url: str) -> None:
    clinic = sqlite_world.clinic(sqlite_world.area())
    with sqlite_world.as_system() as w, pytest.raises(Invalid, match="address-unusable"):
        actions.set_channel(w, clinic.id, url)


def test_the_first_sign_of_life_is_told_once(world: World) -> None:
    clinic = world.clinic(world.area())
    with world.as_("clinic", clinic) as w:
        assert actions.site_connected(w, clinic.id, "portal")
    with world.as_system() as w:
        assert not actions.site_connected(w, clinic.id, "webhook")
    assert [one.data for one in world.journal("places.SiteConnected")] == [
        {"site": clinic.id, "channel": "portal"}
    ]


def test_a_dark_site_is_known_to_be_dark_until_it_answers(world: World) -> None:
    area = world.area()
    clinic = world.clinic(area)
    for _ in range(2):
        with world.as_("duty_officer", area) as w:
            actions.go_dark(w, clinic.id, "power_cut")
            assert [f["properties"]["state"] for f in queries.site_features(w, "en")["features"]] == ["dark"]
    with world.as_("clinic", clinic) as w, pytest.raises(Forbidden):
        actions.come_back(w, clinic.id)
    for _ in range(2):
        with world.as_("duty_officer", area) as w:
            actions.come_back(w, clinic.id)
    assert len(world.journal("places.SiteWentDark")) == len(world.journal("places.SiteCameBack")) == 1


def test_moving_a_place_moves_all_below_it(world: World) -> None:
    city = world.area(level="city")
    east, west = world.area(city), world.area(city)
    street = world.area(east, level="subdistrict")
    clinic, other = world.clinic(street), world.clinic(east)
    with world.as_("administrator", city) as w:
        actions.reparent(w, street.id, west.id)
        assert w.get(Place, clinic.id).path == f"{west.path}{street.id}/{clinic.id}/"
    with world.as_system() as w:
        paths = {row.id: row.path for row in w.session.execute(select(Place.id, Place.path))}
        assert paths[street.id] == f"{west.path}{street.id}/"
        assert paths[other.id] == other.path
        assert [one.id for one in queries.sites_in(w, [west.id])] == [clinic.id]
        actions.reparent(w, street.id, west.id)
    with world.as_("duty_officer", west) as w:
        assert w.get(Place, clinic.id)
    with world.as_("duty_officer", east) as w, pytest.raises(Missing):
        w.get(Place, clinic.id)
    told = world.journal("places.PlaceMoved")
    assert [one.data for one in told] == [{"moved": street.id, "old_parent": east.id, "new_parent": west.id}]


def test_a_place_does_not_move_below_itself_or_a_site_or_out_of_reach(world: World) -> None:
    city = world.area(level="city")
    east, west = world.area(city), world.area(city)
    clinic = world.clinic(east)
    with world.as_system() as w:
        for place, parent in ((city, east), (east, clinic)):
            with pytest.raises(Refused, match="cannot-stand-there"):
                actions.reparent(w, place.id, parent.id)
    with world.as_("administrator", east) as w, pytest.raises(Missing):
        actions.reparent(w, clinic.id, west.id)


def test_a_place_is_retired_from_a_day_and_only_when_empty(world: World) -> None:
    area = world.area()
    clinic = world.clinic(area, code="S1")
    with world.as_system() as w:
        with pytest.raises(Refused, match="has-places-below"):
            actions.retire(w, area.id, date(2022, 8, 1))
        actions.retire(w, clinic.id, date(2022, 8, 1))
        actions.retire(w, clinic.id, date(2022, 8, 1))
        assert queries.find_code(w, "S1") is None
        assert queries.sites_in(w, [area.id]) == []
        actions.retire(w, area.id, date(2022, 8, 1))
    assert [one.data["retired"] for one in world.journal("places.PlaceRetired")] == [clinic.id, area.id]


def test_the_top_is_made_once_by_who_may_load_everywhere(world: World) -> None:
    with world.as_system() as w:
        first = actions.make_root(w, code="9901", name_zh="云川市", name_en="", zone="Asia/Shanghai")
        assert actions.make_root(w, code="9901", name_zh="云川市", name_en="").id == first.id
        assert (first.path, first.name_en, first.facts) == (f"{first.id}/", "云川市", {"lang": "zh"})
        with pytest.raises(Invalid, match="no-such-zone"):
            actions.make_root(w, code="1", name_zh="x", name_en="x", zone="Mars/Base")
    with world.as_("administrator", first) as w, pytest.raises(Forbidden):
        actions.make_root(w, code="2", name_zh="x", name_en="x")


def test_the_letters_of_an_issuing_body_are_one_to_six_capitals(world: World) -> None:
    area = world.area()
    clinic = world.clinic(area)
    for _ in range(2):
        with world.as_("administrator", area) as w:
            actions.set_letters(w, area.id, "LJ")
    with world.as_("administrator", area) as w:
        assert w.get(Place, area.id).facts["letters"] == "LJ"
        for wrong in ("", "lj", "临江", "LINJIANG", "L J"):
            with pytest.raises(Invalid, match="letters-unusable"):
                actions.set_letters(w, area.id, wrong)
        with pytest.raises(Refused, match="letters-of-areas"):
            actions.set_letters(w, clinic.id, "LJ")
    with world.as_("duty_officer", area) as w, pytest.raises(Forbidden):
        actions.set_letters(w, area.id, "XX")
    assert [one.data for one in world.journal("places.LettersSet")] == [{"issuer": area.id, "letters": "LJ"}]
