"""On both databases: an authority's message comes in, becomes an order, goes before the public, and is called off."""

from __future__ import annotations

import feedparser

from region.dispatch.actions import ending, publishing, writing
from region.dispatch.models import Directive
from region.formats import cap
from region.interop.actions.taking_in import take_in
from tests.flows.stage import Stage
from tests.region.interop.test_cap_in import alert


def test_from_the_authority_to_the_public(stage: Stage) -> None:
    with stage.world.as_("duty_officer", stage.district, "duty") as w:
        draft = take_in(w, cap.write(alert(stage)), stage.district.id)
        writing.submit(w, draft)
    with stage.world.as_("approver", stage.district, "leader") as w:
        row = w.get(Directive, draft.id)
        if row.state == "awaiting_approval":
            writing.approve(w, row)
        publishing.set_public(w, row, 2)
        writing.issue(w, row)
    browser = stage.world.browser()
    (entry,) = feedparser.parse(browser.get("/feeds/warnings.atom?lang=en").get_data()).entries
    assert entry.title == "Count masks now"
    shown = cap.read(browser.get(f"/feeds/warnings/{row.number}.cap").get_data())
    assert [info.severity for info in shown.infos] == ["Severe", "Severe"]
    with stage.world.as_("duty_officer", stage.district) as w:
        ending.withdraw(w, w.get(Directive, draft.id), "all clear")
    assert browser.get(f"/feeds/warnings/{row.number}.cancel.cap").status_code == 200
