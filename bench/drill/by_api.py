"""Sites' own systems sign over HTTP; now and then a site's clock jumps, is refused, and is set right."""

from __future__ import annotations

import json
import time
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from sqlalchemy import select

from bench.drill.ground import Drilled
from bench.drill.load import Hand, Share
from region.accounts.identify import signature
from region.dispatch.models import Delivery
from region.spine.actor import system_actor
from tests.region.dispatch.orders import KEY

JUMPS = (-7200, -600, 600, 7200)


def sign_by_api(port: int) -> Share:
    """What a site's system does, as an act of the load."""

    def act(hand: Hand, side: Drilled) -> str:
        found = _some_letter(hand, side)
        if found is None:
            return "no letter to sign by API"
        uid, site = found
        if hand.rng.random() < 0.1:
            jump = hand.rng.choice(JUMPS)
            status = _post(port, uid, site, side.world.realm, jump)
            if status == 200:
                return "WRONG: a clock that jumped was believed"
            hand.ledger.count("clocks jumped, refused" if status == 401 else f"clocks jumped: {status}")
        status = _post(port, uid, site, side.world.realm, 0)
        return "signed by API" if status == 200 else f"by API: {status}"

    return 1.0, act


def _some_letter(hand: Hand, side: Drilled) -> tuple[str, int] | None:
    district = hand.rng.choice(side.districts)
    site = hand.rng.choice(side.sites[district.id])
    with hand.office.work(system_actor(side.world.realm), reading=True) as w:
        wanted = select(Delivery.uid, Delivery.place_id).where(
            Delivery.place_id == site, Delivery.channel == "webhook", Delivery.state == "delivered"
        )
        row = w.session.execute(wanted.order_by(Delivery.id.desc()).limit(1)).first()
    return None if row is None else (row.uid, row.place_id)


def _post(port: int, uid: str, site: int, realm: int, jump: int) -> int:
    """Post a signature with a clock that is `jump` seconds off; gives the status, 0 when nobody answers."""
    path, body = f"/api/v1/deliveries/{uid}/acknowledge", json.dumps({}).encode()
    stamp = str(int(time.time()) + jump)
    proof = signature(KEY, stamp, str(realm), "POST", path, body)
    header = f'Region-Signature site="{site}",realm="{realm}",timestamp="{stamp}",signature="{proof}"'
    headers = {"Authorization": header, "Content-Type": "application/json"}
    try:
        with urlopen(Request(f"http://127.0.0.1:{port}{path}", body, headers), timeout=60) as answer:
            return int(answer.status)
    except HTTPError as error:
        return error.code
    except (URLError, OSError):
        return 0
