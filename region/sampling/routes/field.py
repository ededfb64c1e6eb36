"""The sampler's page on a telephone: installable, at work with no network; it speaks the field programs' endpoints."""

from __future__ import annotations

import json
from typing import Any

from flask import Response, jsonify, render_template
from flask_wtf.csrf import generate_csrf

from region.people.models import KINDS
from region.sampling.queries.sites import named_sites
from region.spine import i18n
from region.spine.assets import STATIC, asset_url
from region.spine.device import account_word, clock_rate
from region.spine.web import Routes, current_lang
from region.spine.work import Work

routes = Routes("field", __name__)

PAGE = "/sampling/field"
STYLES = (
    *("tokens.css", "base.css", "parts.css", "signs.css", "css/menu.css"),
    *("css/field.css", "css/field-sheets.css"),
)
PARTS = ("codes", "clock", "vault", "round", "missed", "sync", "scan", "view", "missed-view", "pin")
SCRIPTS = (
    "dexie.js",
    "js/inbox-store.js",
    *(f"js/field-{part}.js" for part in PARTS),
    "js/field.js",
)
ICONS = (("img/field.svg", "any"), ("img/field-192.png", "192x192"), ("img/field-512.png", "512x512"))
PAPERS = {
    "passport": "Passport",
    "permit": "Permit",
    "birth": "Birth certificate",
    "none": "Newborn",
    "resident": "Identity card",
    "other": "Other paper",
}
"""What a paper is called on the page; the identity card is what the main field takes."""
assert set(PAPERS) == set(KINDS)


@routes.get(PAGE, needs="sampling.sample")
def page(w: Work) -> Any:
    """The page; what it works with comes closed or not at all, so that it may be kept by the browser."""
    lang = current_lang()
    return render_template(
        "sampling/field.html",
        account=account_word(w),
        zone=w.office.clock.zone.key,
        scripts=SCRIPTS,
        kinds=[(kind, i18n.translate(lang, word)) for kind, word in PAPERS.items()],
    )


@routes.get(f"{PAGE}/data", needs="sampling.sample")
def data(w: Work) -> Any:
    """Who is signed in, a fresh form token, the time here, and the sites that may be chosen."""
    sites = [
        {"id": site.id, "code": f"{code} · {site.number}", "zh": site.name_zh, "en": site.name_en}
        for site, code in named_sites(w)
    ]
    return jsonify(
        account=account_word(w),
        csrf=generate_csrf(),
        now=w.now.isoformat(),
        rate=clock_rate(w),
        realm=w.realm,
        sites=sites,
    )


@routes.get(f"{PAGE}/worker.js", public=True)
def worker(w: Work) -> Response:
    """The script that keeps the page on the telephone; a new version of any file makes it a new one."""
    shell = [asset_url(name) for name in (*STYLES, *SCRIPTS, "img/field-192.png")]
    script = (STATIC / "js" / "field-worker.js").read_text("utf-8")
    answer = Response(f"const SHELL = {json.dumps(shell)};\n{script}", mimetype="text/javascript")
    answer.headers["Service-Worker-Allowed"] = PAGE
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@routes.get(f"{PAGE}/manifest.webmanifest", public=True)
def manifest(w: Work) -> Response:
    """What a telephone needs to put the page beside its other applications."""
    lang = current_lang()
    kinds = {"svg": "image/svg+xml", "png": "image/png"}
    told = {
        "id": PAGE,
        "name": i18n.translate(lang, "Sampling"),
        "short_name": i18n.translate(lang, "Sampling"),
        "description": i18n.translate(lang, "Samples recorded with no network, and sent when it is back"),
        "lang": "zh-CN" if lang == "zh" else "en",
        "start_url": PAGE,
        "scope": PAGE,
        "display": "standalone",
        "orientation": "portrait",
        "background_color": "#ffffff",
        "theme_color": "#000000",
        "icons": [
            {"src": asset_url(name), "sizes": sizes, "type": kinds[name[-3:]], "purpose": purpose}
            for name, sizes in ICONS
            for purpose in ("any", "maskable")
        ],
    }
    answer = Response(json.dumps(told, ensure_ascii=False), mimetype="application/manifest+json")
    answer.headers["Cache-Control"] = "no-cache"
    return answer
