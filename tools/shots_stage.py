"""The region that the pictures are taken of: the exercise region on a busy afternoon."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import typst
from sqlalchemy import select

from region.board import proof_paper
from region.board.queries.proof import sheet
from region.board.routes.proof import FONTS
from region.dispatch.actions import answering, handing_over, progressing, roll_call, writing
from region.dispatch.events import ChannelDemoted
from region.dispatch.links import link_token
from region.dispatch.models import ChannelMinute, ChannelState, Delivery, Directive, Recipient
from region.dispatch.schemas import Draft, Saying, TaskReport, Told
from region.incidents.models import Incident
from region.paper import typesetting
from region.places.events import SiteWentDark
from region.places.models import Place, Site
from region.spine import worker
from region.spine.actor import Actor, Grant, system_actor
from region.spine.clock import Clock, wall_clock
from region.spine.work import Office

REALM = 1
SAMPLED: dict[str, Any] = {
    "name": "sampled",
    "type": "number",
    "label": {"zh": "已采样", "en": "Sampled"},
    "unit": {"zh": "人", "en": "people"},
    "required": True,
    "target": 2000.0,
    "limit": None,
    "measure": None,
}


def at(office: Office, minutes: float) -> Office:
    """The same office, so many minutes ago."""
    return replace(office, clock=Clock(lambda: wall_clock() - timedelta(minutes=minutes), office.clock.zone))


def run_all(office: Office) -> None:
    """Do all that is owed."""
    while due := worker.sweep_once(office):
        for queue in due:
            worker.run_due(office, queue)


def stage(office: Office) -> dict[str, str]:
    """A campaign at work; an order that most have signed, some late, some in trouble; one that has just begun.

    Then the desk itself: a roll call, an offered handover, a channel at rest. Gives addresses that hold a secret.
    """
    with office.work(system_actor(REALM), reading=True) as w:
        district = w.session.scalars(select(Place).where(Place.code == "990106")).one()
        incident = w.session.scalars(select(Incident)).first()
    duty = Actor("account:2", (Grant("duty_officer", district.path),), account_id=2, realm=REALM)
    leader = Actor("account:3", (Grant("approver", district.path),), account_id=3, realm=REALM)
    moment = wall_clock().astimezone(office.clock.zone)
    seal = {
        "zone": {"zh": "湖滨小区", "en": "Hubin estate"},
        "start": moment.isoformat(),
        "deadline": (moment + timedelta(hours=6)).isoformat(),
        "contact": "8001",
    }
    count = {"as_of": moment.isoformat(), "deadline": (moment + timedelta(hours=4)).isoformat()}
    offices = {"types": ["subdistrict_office", "community_office"]}
    campaign(office, duty, leader, incident, district.id)
    roll(office, duty, district.id)
    give(at(office, 21), duty, leader, draft("seal_zone", seal, incident, offices), district.id)
    answer(at(office, 14))
    run_all(at(office, 5))
    centres = {"types": ["community_health_centre", "community_health_station"]}
    give(at(office, 3), duty, leader, draft("stock_count", count, incident, centres), district.id)
    run_all(office)
    papers(office, duty, leader, district.id)
    return {"link": link(office)}


def draft(template: str, given: dict[str, Any], incident: Incident | None, choice: dict[str, Any]) -> Draft:
    """A draft from a template."""
    assert incident is not None
    token = f"shots-{template.replace('_', '-')}"
    facts = {
        "form_token": token,
        "incident_id": incident.id,
        "template": template,
        "given": given,
        "choice": choice,
    }
    return Draft.model_validate(facts)


def give(
    office: Office, duty: Actor, leader: Actor, said: Draft, place: int, evidence: list[Any] | None = None
) -> int:
    """Compose, approve where a second person is needed, issue, and let it be delivered; gives the order's id."""
    with office.work(duty) as w:
        directive = writing.compose(w, said, place)
        directive.evidence = directive.evidence if evidence is None else evidence
        writing.submit(w, directive)
    with office.work(leader) as w:
        directive = w.get(Directive, directive.id)
        if directive.state == "awaiting_approval":
            writing.approve(w, directive)
        writing.issue(w, directive)
    run_all(office)
    return directive.id


def answer(office: Office) -> None:
    """97 of 104 sign; some begin, some report, one is in trouble, one is dark."""
    with office.work(system_actor(REALM), reading=True) as w:
        rows = [
            (r.id, w.get(Place, r.place_id))
            for r in w.session.scalars(
                select(Recipient)
                .join(Directive)
                .where(Directive.template == "seal_zone")
                .order_by(Recipient.id)
            )
        ]
    for number, (recipient_id, place) in enumerate(rows):
        if number % 15 == 7:
            continue
        with office.work(Actor(f"site:{place.id}", (Grant("clinic", place.path),), realm=REALM)) as w:
            recipient = w.get(Recipient, recipient_id)
            answering.acknowledge(w, recipient)
            if number % 3 == 0:
                answering.begin(w, recipient)
            if number % 9 == 0:
                numbers = {"residents": 1200.0 + number, "posts": 2.0}
                answering.report(w, recipient, TaskReport(uid=f"shots-report-{number:03}", numbers=numbers))
            if number == 20:
                answering.raise_trouble(
                    w, recipient, Saying(uid="shots-trouble-1", text="卡口人手不足，缺 2 人")
                )
    with office.work(system_actor(REALM)) as w:
        dark = rows[7][1].id
        w.get(Site, dark).dark_since, w.get(Site, dark).dark_reason = w.now, "power"
        w.tell(SiteWentDark(site=dark, reason="power", place=dark))


def site_of(place: Place) -> Actor:
    """Whoever is at a site."""
    return Actor(f"site:{place.id}", (Grant("clinic", place.path),), realm=REALM)


def campaign(office: Office, duty: Actor, leader: Actor, incident: Incident | None, place: int) -> None:
    """A campaign of three hours ago in the communities: most are at work, some have not begun."""
    begun = at(office, 170)
    said = draft("campaign", {}, incident, {"types": ["community_office"]}).model_dump()
    words = {
        "title_zh": "全员核酸采样：第一轮",
        "title_en": "Sampling of all residents: first round",
        "body_zh": "今日完成本社区全员采样，每两小时报一次进度。",
        "body_en": "Sample all residents of the community today; tell the progress every two hours.",
    }
    facts = {
        **said,
        **words,
        "template": None,
        "kind": "directive",
        "urgency": "priority",
        "task_minutes": 540,
    }
    order = give(begun, duty, leader, Draft.model_validate(facts), place, [SAMPLED])
    with office.work(system_actor(REALM), reading=True) as w:
        wanted = select(Recipient.id, Place).join(Place, Place.id == Recipient.place_id)
        wanted = wanted.where(Recipient.directive_id == order).order_by(Recipient.id)
        rows = [(id, site) for id, site in w.session.execute(wanted)]
    for step, minutes in enumerate((130, 70, 12)):
        for number, (id, site) in enumerate(rows):
            with at(office, minutes).work(site_of(site)) as w:
                part = w.get(Recipient, id)
                if step == 0:
                    answering.acknowledge(w, part)
                if number % 9 and (number + step) % 4:
                    value = 400.0 + (number % 7) * 90.0 + step * 420.0
                    uid = f"shots-told-{step}-{number:03}"
                    progressing.report_progress(w, part, Told(uid=uid, task="sampled", value=value))
    run_all(begun)


def roll(office: Office, duty: Actor, place: int) -> None:
    """The roll of the night is called, and nearly all answer."""
    with at(office, 31).work(duty) as w:
        called = roll_call.call_roll(w, w.get(Place, place), "shots-roll-call").id
    run_all(at(office, 31))
    with office.work(system_actor(REALM), reading=True) as w:
        wanted = select(Recipient).where(Recipient.directive_id == called).order_by(Recipient.id)
        asked = [(one.id, one.account_id, w.get(Place, one.place_id)) for one in w.session.scalars(wanted)]
    for number, (id, account, site) in enumerate(asked):
        if number % 61 != 17:
            grants = (Grant("clinic", site.path),)
            actor = Actor(f"account:{account}", grants, account_id=account, realm=REALM)
            with at(office, 25).work(actor) as w:
                answering.acknowledge(w, w.get(Recipient, id))


def papers(office: Office, duty: Actor, leader: Actor, place: int) -> None:
    """The desk is handed over, and short messages are at rest."""
    with office.work(duty) as w:
        assert leader.account_id is not None
        note = "南屏镇两家机构今晚断电，已电话告知，请继续盯办。"
        handing_over.offer(w, w.get(Place, place), leader.account_id, note)
    with office.work(system_actor(REALM)) as w:
        since = w.real_now - timedelta(minutes=3)
        until = w.real_now + timedelta(minutes=5)
        w.add(ChannelState(id="sms", state="demoted", since=since, until=until, reason="failing"))
        minute = w.real_now.replace(second=0, microsecond=0) + timedelta(minutes=1)
        w.session.add(ChannelMinute(channel="sms", minute=minute, lane="a", tried=24, slow=2, failed=17))
        w.tell(ChannelDemoted(channel="sms", reason="failing", tried=24, slow=2, failed=17))


def link(office: Office) -> str:
    """The address that a site with nothing but a telephone is sent for the newest order."""
    with office.work(system_actor(REALM), reading=True) as w:
        wanted = select(Delivery).join(Directive, Directive.id == Delivery.directive_id)
        wanted = wanted.where(Directive.template == "stock_count").order_by(Delivery.id)
        delivery = w.session.scalars(wanted).first()
        assert delivery is not None
        seal, until = office.installation.seal, w.now + timedelta(hours=6)
        return f"/s/{link_token(seal, REALM, delivery.uid, until)}"


def proof_page(office: Office, lang: str) -> bytes:
    """The first page of the proof sheet of the order that seals an estate, as a picture."""
    with office.work(system_actor(REALM), reading=True) as w:
        order = w.session.scalars(select(Directive).where(Directive.template == "seal_zone")).one()
        words = proof_paper.Words(lang, office.clock.zone, w.rules.roles)
        data = proof_paper.paper(sheet(w, order), words, w.now, 1)
    made = typst.compile(
        (typesetting.SHEETS / "proof.typ").read_bytes(),
        font_paths=typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)]
        ),
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        format="png",
        ppi=110,
    )
    return made if isinstance(made, bytes) else made[0]
