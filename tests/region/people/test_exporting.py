"""A list of people leaves only for a purpose, approved by another, watermarked, and not for ever."""

from __future__ import annotations

import datetime as dt
from hashlib import sha256

import pytest

from region.care.events import MembersListed
from region.care.models import Membership
from region.people.actions import exporting
from region.people.models import Export
from region.people.queries.privacy import privacy
from region.spine.errors import Forbidden, Invalid, Missing, Refused
from tests.region.people.ground import Ground
from tests.region.sampling.ground import resident
from tests.world import START, World


def key_people(ground: Ground) -> list[int]:
    """Two in the east, of whom one has a name that a spreadsheet would run, and one in the west."""
    homes = (ground.inner, ground.inner, ground.outer)
    names = ("张小1", "=cmd()", "张小3")
    people = [
        ground.person(n, home, name=name) for n, (home, name) in enumerate(zip(homes, names, strict=True))
    ]
    with ground.world.as_system() as w:
        for person, home in zip(people, homes, strict=True):
            row = Membership(person_id=person, place_id=home.id, site_id=home.id, group="courier")
            row.since, row.source, row.evidence = dt.date(2022, 8, 1), "list", "-"
            w.add(row)
        w.tell(MembersListed(group="courier", joined=3, left=0, place=ground.city.id))
    return people


def asked(ground: Ground, **facts: object) -> int:
    said = {"what": "key_people", "place": ground.east.id, "incident": None, "purpose": "notify"}
    said |= {"fields": ("name", "phone", "group", "since"), "reason": "通知复检"}
    with ground.officer() as w:
        return exporting.ask(w, **{**said, **facts}).id  # type: ignore[arg-type]


def test_at_22_an_export_needs_approval_is_watermarked_and_expires(world: World) -> None:
    ground = Ground(world)
    first, second, _ = key_people(ground)
    id = asked(ground)
    with ground.officer() as w, pytest.raises(Refused, match="not-from-here"):
        exporting.fetch(w, w.get(Export, id))
    with world.as_("commander", ground.city, "account:1") as w, pytest.raises(Refused, match="own-request"):
        exporting.approve(w, w.get(Export, id))
    with ground.commander() as w:
        exporting.approve(w, w.get(Export, id))
    with ground.officer("account:2") as w, pytest.raises(Missing):
        exporting.fetch(w, w.get(Export, id))
    with ground.officer() as w:
        file = exporting.fetch(w, w.get(Export, id))
    mark, header, *rows = file.content.decode("utf-8-sig").splitlines()
    assert mark == (
        f"export {id} | account:1 | 2022-08-01T09:00:00+08:00 | purpose notify | approved by account:6 | "
        "2 rows | real"
    )
    assert header == "person,name,phone,group,since,watermark"
    assert rows == [
        f"{first},张小1,13800000000,courier,2022-08-01,export:{id}/account:1",
        f"{second},'=cmd(),13800000001,courier,2022-08-01,export:{id}/account:1",
    ]
    with ground.officer() as w:
        row = w.get(Export, id)
        assert (row.rows, row.fetched, row.digest) == (2, 1, sha256(file.content).hexdigest())
    assert world.journal("people.PersonOpened")[-1].data["purpose"] == "notify"
    world.wait(hours=24)
    with ground.officer() as w, pytest.raises(Refused, match="export-expired"):
        exporting.fetch(w, w.get(Export, id))
    world.run()
    with ground.officer() as w:
        assert w.get(Export, id).state == "expired"
    verbs = [one.data["verb"] for one in world.journal("people.ExportMoved")]
    assert verbs == ["ask", "approve", "fetch", "expire"]
    with ground.privacy() as w:
        assert privacy(w, START).unapproved == 0


def test_without_a_purpose_or_with_what_no_list_has_it_is_refused(world: World) -> None:
    ground = Ground(world)
    for facts, code in (
        ({"purpose": ""}, "no-purpose"),
        ({"what": "tubes"}, "export-what"),
        ({"fields": ()}, "export-fields"),
        ({"fields": ("name", "evidence")}, "export-fields"),
    ):
        with pytest.raises(Invalid, match=code):
            asked(ground, **facts)
    with pytest.raises(Forbidden):
        asked(ground, place=ground.west.id)
    assert not world.journal("people.ExportMoved")


def test_what_nobody_answers_expires_and_what_is_refused_stays_so(world: World) -> None:
    ground = Ground(world)
    left, refused = asked(ground), asked(ground)
    with ground.commander() as w:
        exporting.refuse(w, w.get(Export, refused))
    world.wait(hours=24)
    world.run()
    with ground.officer() as w:
        assert [w.get(Export, one).state for one in (left, refused)] == ["expired", "refused"]


def test_facts_alone_open_nobody(world: World) -> None:
    ground = Ground(world)
    key_people(ground)
    id = asked(ground, fields=("group",))
    with ground.commander() as w:
        exporting.approve(w, w.get(Export, id))
    with ground.officer() as w:
        content = exporting.fetch(w, w.get(Export, id)).content.decode("utf-8-sig")
    assert "张小" not in content and resident(0) not in content
    assert not world.journal("people.PersonOpened")
