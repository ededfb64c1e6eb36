"""Which clinic and office look after a home: the one that serves the smallest area around it."""

from __future__ import annotations

from region.places.events import SitesLoaded
from region.places.models import Place, Site
from region.sampling.queries.carers import Carers, carers
from tests.world import World


def serve(world: World, site: Place, *areas: Place) -> None:
    with world.as_system() as w:
        w.get(Site, site.id).catchment = [area.id for area in areas]
        w.tell(SitesLoaded(load=0, digest="-", new=0, changed=1, refused=0, place=site.id))


def test_the_nearest_clinic_answers_and_the_office_helps(world: World) -> None:
    district = world.area()
    town = world.area(district, level="township")
    village, street = (world.area(town, level="community") for _ in range(2))
    grids = [world.area(village, level="grid") for _ in range(3)]
    centre = world.clinic(town)
    rooms = [world.site(village, "village_clinic") for _ in range(2)]
    station, office = world.site(street, "community_health_station"), world.site(village, "community_office")
    serve(world, centre, village, street)
    serve(world, rooms[0], grids[0])
    serve(world, rooms[1], grids[1])
    homes = [*grids, street, district]
    with world.as_system() as w:
        found = carers(w, [home.id for home in homes])
    assert [found[home.id] for home in homes] == [
        Carers(rooms[0].id, office.id),
        Carers(rooms[1].id, office.id),
        Carers(centre.id, office.id),  # a grid that no room of the village serves
        Carers(station.id, None),
        Carers(None, None),
    ]
