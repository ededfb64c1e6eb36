"""Issued directives for the tests of delivery and the measurements, written straight into the tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import insert, select
from uuid6 import uuid7

from region.dispatch.delivery import owe_round
from region.dispatch.events import AddressSet, DirectiveIssued
from region.dispatch.models import Address, Delivery, Directive, Recipient
from region.incidents.models import Incident
from region.places.events import SitesLoaded
from region.places.models import Place, Site
from region.spine.work import Work
from tests.world import World

KEY = "a site's own key"
BODY_ZH = "请各单位立即到岗到位，核清人口底数，于今晚24时前完成首轮采样准备。" * 4
BODY_EN = (
    "Take up posts at once, establish how many people are inside, and be ready for the first round. " * 4
)


def issue(w: Work, incident: Incident, sites: Sequence[int], urgency: str = "urgent") -> Directive:
    """An issued directive with these sites as recipients; nothing of it is owed yet."""
    number = uuid7()
    directive = w.add(
        Directive(
            number=f"T-{number.hex[-12:]}",
            form_token=str(number),
            place_id=incident.place_id,
            incident_id=incident.id,
            kind="directive",
            urgency=urgency,
            title_zh="即刻管控并准备首轮核酸检测",
            title_en="Seal now and prepare testing round 1",
            body_zh=BODY_ZH,
            body_en=BODY_EN,
            evidence=[],
            pack_digest="-",
            composed_by="desk",
            issued_by="desk",
            issued_at=w.now,
            acknowledge_due=w.now + timedelta(minutes=15),
            task_due=w.now + timedelta(hours=6),
            task_minutes=360,
            state="issued",
            since=w.now,
        )
    )
    _give(w, directive, sites)
    return directive


def _give(w: Work, directive: Directive, sites: Sequence[int]) -> None:
    """Its recipients, and the event; no step reacts here."""
    row = {"realm": w.realm, "directive_id": directive.id, "state": "pending", "since": w.now, "version": 1}
    row |= {"required": True, "pressed": 0, "pressure": 0}
    w.session.execute(insert(Recipient), [{**row, "place_id": site} for site in sites])
    w.tell(
        DirectiveIssued(
            urgency=directive.urgency,
            recipients=len(sites),
            acknowledge_due=w.now + timedelta(minutes=15),
            task_due=w.now + timedelta(hours=6),
            **directive.about,
        )
    )


def sent_to(world: World, urls: Sequence[str | None], round: int = 1) -> Directive:
    """A directive, issued and owed to one new site for each address (None is a site without a webhook)."""
    city = world.area(level="city")
    sites = [world.clinic(city, **({"webhook_url": url, "webhook_key": KEY} if url else {})) for url in urls]
    return sent(world, city, sites, round)


def sent(
    world: World, city: Place, sites: Sequence[Place], round: int = 1, urgency: str = "urgent"
) -> Directive:
    """A directive, issued and owed to these sites."""
    incident = world.incident(city)
    with world.as_system() as w:
        directive = issue(w, incident, [site.id for site in sites], urgency)
        owe_round(w, directive, round)
    return directive


def deliveries(world: World, directive: Directive, channel: str | None = None) -> list[Delivery]:
    """Its deliveries, of one channel or all, in the order in which they were owed."""
    with world.as_system() as w:
        wanted = select(Delivery).where(Delivery.directive_id == directive.id).order_by(Delivery.id)
        if channel is not None:
            wanted = wanted.where(Delivery.channel == channel)
        return list(w.session.scalars(wanted))


def recipients(world: World, directive: Directive) -> list[Recipient]:
    """Its recipients, in the order of their numbers."""
    with world.as_system() as w:
        wanted = select(Recipient).where(Recipient.directive_id == directive.id).order_by(Recipient.id)
        return list(w.session.scalars(wanted))


def switch_on(world: World, channels: Mapping[str, Mapping[str, str]], **more: str) -> None:
    """From now on this installation sends by these channels; `more` is what else differs of it."""
    installation = replace(world.office.installation, channels=channels, **more)  # type: ignore[arg-type]
    world.office = replace(world.office, installation=installation)


def addressed(world: World, site: Place, channel: str, address: str, account: int | None = None) -> None:
    """The site, or one person of it, can be reached there."""
    seal = world.office.installation.seal
    with world.as_system() as w:
        row = w.add(
            Address(
                place_id=site.id,
                account_id=account,
                channel=channel,
                address=seal.close(address),
                digest=seal.digest(f"{channel}:{address}"),
                made_by="desk",
                made_at=w.now,
            )
        )
        w.tell(AddressSet(line=row.id, channel=channel, place=site.id))


def clinics(world: World, city: Place, count: int) -> list[Place]:
    """Sites of a city, each with a telephone and a mailbox; ``139000000NN`` and ``dutyNN@clinic.example``."""
    with world.as_system() as w:
        places = [
            Place(
                parent_id=city.id,
                path=f"tmp{n}",
                kind="site",
                code=f"{city.id:04}{n:05}",
                name_zh="地点",
                name_en="Place",
                facts={},
            )
            for n in range(count)
        ]
        w.session.add_all(places)
        w.session.flush()
        for n, place in enumerate(places):
            place.path = f"{city.path}{place.id}/"
            w.session.add(
                Site(
                    place_id=place.id,
                    type="community_health_centre",
                    crs_source="WGS84",
                    catchment=[],
                    phone=f"1390000{n:04}",
                )
            )
            w.session.add(_mailbox(w, place, f"duty{n}@clinic.example"))
        w.tell(SitesLoaded(load=0, digest="-", new=count, changed=0, refused=0, place=city.id))
        w.tell(AddressSet(line=0, channel="email", place=city.id))
    return places


def _mailbox(w: Work, place: Place, address: str) -> Address:
    seal = w.office.installation.seal
    return Address(
        place_id=place.id,
        channel="email",
        address=seal.close(address),
        digest=seal.digest(f"email:{address}"),
        made_by="desk",
        made_at=w.now,
    )
