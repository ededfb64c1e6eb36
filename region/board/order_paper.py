"""An order as it is printed: in both languages, one page a recipient, with the code that signs for it."""

from __future__ import annotations

import io
from typing import Any

import segno

from region.board.queries.printed import Printed
from region.dispatch.links import expires_at, link_token
from region.dispatch.wording import PACK, kinds
from region.places.models import Place
from region.spine.clock import REAL
from region.spine.i18n import clock_time, translate
from region.spine.work import Work


def paper(w: Work, found: Printed) -> dict[str, Any]:
    """The printed orders as plain values for ``order.typ``."""
    d = found.directive
    return {
        "number": d.number,
        "exercise": d.realm != REAL,
        "urgency": _both(w.rules.value(PACK, "urgencies")[d.urgency]),
        "kind": _both(kinds(w)[d.kind]),
        "issuer": {"zh": found.issuer.name_zh, "en": found.issuer.name_en},
        "issued": f"{d.issued_at.astimezone(w.office.clock.zone):%Y-%m-%d %H:%M %z}" if d.issued_at else "–",
        "texts": [{"title": d.title_zh, "body": d.body_zh}, {"title": d.title_en, "body": d.body_en}],
        "facts": [
            _fact(w, "Acknowledge by {sign}; report by {report}.", sign=d.acknowledge_due, report=d.task_due)
        ],
        "recipients": [_copy(w, found, place, uid) for place, uid in found.copies],
    }


def _both(names: Any) -> dict[str, str]:
    return {"zh": names["zh"], "en": names["en"]}


def _fact(w: Work, text: str, **moments: Any) -> dict[str, str]:
    zone = w.office.clock.zone
    return {
        lang: translate(lang, text, **{name: clock_time(lang, at, zone) for name, at in moments.items()})
        for lang in ("zh", "en")
    }


def _copy(w: Work, found: Printed, place: Place, uid: str) -> dict[str, str]:
    url = _url(w, found, uid)
    return {
        "zh": place.name_zh,
        "en": place.name_en,
        "place": place.code,
        "url": url,
        "code": _code(url) if url else "",
    }


def _url(w: Work, found: Printed, uid: str) -> str:
    """The signed link that the code holds; none while the region does not know its own address."""
    installation = w.office.installation
    if not installation.public_url:
        return ""
    until = expires_at(w.rules, found.directive, w.now)
    token = link_token(installation.seal, w.realm, uid, until)
    return f"{installation.public_url.rstrip('/')}/s/{token}?v=qr"


def _code(url: str) -> str:
    """The code as SVG; a quarter of it may be lost on a bad copy or in a fax, and it still reads."""
    drawn = io.BytesIO()
    segno.make(url, error="q", micro=False).save(drawn, kind="svg", border=2, xmldecl=False, scale=4)
    return drawn.getvalue().decode()
