"""What every page has in common: headers, faults in the reader's language, forms that only we can send."""

from __future__ import annotations

from typing import Any

import pytest

from tests.world import World


@pytest.fixture
def desk(sqlite_world: World) -> Any:
    """The browser of somebody on duty."""
    return sqlite_world.browser_as("duty_officer", sqlite_world.area())


def test_every_answer_carries_a_strict_policy(desk: Any) -> None:
    answer = desk.get("/desk")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "script-src 'self' 'nonce-" in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_form_without_our_token_is_refused(desk: Any) -> None:
    desk.application.config["WTF_CSRF_METHODS"] = {"POST"}
    answer = desk.post("/directives/reach", json={"types": ["hospital"]})
    assert answer.status_code == 422
    assert answer.json["error"] == "form-expired"


@pytest.mark.parametrize(
    "path", ["/places/99999999999999999999999", "/desk/directives/3000000000", "/nowhere"]
)
def test_an_address_of_nothing_is_not_found(desk: Any, path: str) -> None:
    assert desk.get(path).status_code == 404


def test_a_fault_speaks_the_reader_s_language(desk: Any) -> None:
    assert "没有" in desk.get("/nowhere?lang=zh").text
    assert "There is no such page" in desk.get("/nowhere?lang=en").text


def test_a_stranger_is_asked_to_sign_in_and_a_program_is_told(sqlite_world: World) -> None:
    nobody = sqlite_world.browser()
    page = nobody.get("/desk", headers={"Accept": "text/html"})
    assert page.status_code == 302
    assert page.headers["Location"].startswith("/sign-in?next=/desk")
    program = nobody.get("/board/data", headers={"Accept": "application/json"})
    assert (program.status_code, program.json["error"]) == (401, "not-signed-in")


def test_health_needs_nobody(sqlite_world: World) -> None:
    nobody = sqlite_world.browser()
    assert nobody.get("/healthz").text == "ok"
    assert nobody.get("/readyz").json["database"] == "ok"
