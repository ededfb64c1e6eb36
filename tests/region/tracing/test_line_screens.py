"""Line lists and the graph on screen: upload, plan, apply; every source drawn; both languages; only by right."""

from __future__ import annotations

import io
from typing import Any

import pytest

from tests.region.tracing.ground import Ground, ground_of
from tests.world import World


@pytest.fixture
def ground(sqlite_world: World) -> Ground:
    return ground_of(sqlite_world)


def desk(ground: Ground, lang: str = "en", role: str = "epidemiologist") -> Any:
    return ground.world.browser_as(role, ground.district, lang=lang)


def send(browser: Any, text: str, kind: str = "cases") -> Any:
    return browser.post(
        "/tracing/loads", data={"kind": kind, "file": (io.BytesIO(text.encode()), "list.csv")}
    )


def lines(ground: Ground) -> str:
    here = ground.here.code
    return (
        f"ref,area code,positive on,onset,source\nK1,{here},2022-07-25,2022-07-24,\n"
        f"K2,{here},2022-07-27,2022-07-26,K1\nK3,{here},2022-07-29,2022-07-28,K1;K2\nK4,{here},29.7.,,\n"
    )


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_list_is_sent_planned_taken_in_and_drawn(ground: Ground, lang: str) -> None:
    browser = desk(ground, lang)
    assert '<svg class="trace-graph"' not in browser.get("/tracing/graph").text
    sent = send(browser, lines(ground))
    assert sent.status_code == 303
    where = sent.headers["Location"]
    planned = browser.get(where).text
    assert (
        "positive on" in planned and "29.7." in planned and "line_" not in planned and "line-" not in planned
    )
    assert browser.post(where, data={"verb": "apply"}).status_code == 303
    drawn = browser.get("/tracing/graph").text
    assert drawn.count("<circle") == 3 and drawn.count("stroke-dasharray") == 1 and drawn.count('d="M') == 3
    assert "trace-likely" not in drawn and browser.get("/tracing/loads").status_code == 200
    assert browser.get("/tracing/graph?chain=999").text.count("<circle") == 3


def test_a_chain_alone_is_drawn(ground: Ground) -> None:
    browser = desk(ground)
    alone = f"K5,{ground.here.code},2022-07-28,2022-07-27,\n"
    text = lines(ground).rsplit("\n", 2)[0] + "\n" + alone
    browser.post(send(browser, text).headers["Location"], data={"verb": "apply"})
    drawn = browser.get("/tracing/graph").text
    assert drawn.count("<circle") == 4
    root = drawn.rsplit('<option value="', 1)[1].split('"')[0]
    assert browser.get(f"/tracing/graph?chain={root}").text.count("<circle") == 1


def test_what_cannot_be_read_is_said_beside_the_form_and_a_file_can_be_dropped(ground: Ground) -> None:
    browser = desk(ground)
    assert send(browser, "a,b\n1,2\n").status_code == 422
    assert browser.post("/tracing/loads", data={"kind": "cases"}).status_code == 422
    where = send(browser, lines(ground)).headers["Location"]
    browser.post(where, data={"verb": "drop"})
    assert "Dropped" in browser.get(where).text


def test_only_who_may_load_sees_the_page(ground: Ground) -> None:
    assert desk(ground, role="transfer_driver").get("/tracing/loads").status_code == 403
