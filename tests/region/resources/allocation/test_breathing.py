"""The solver lets other threads breathe: a worker that reckons a plan can renew its lease meanwhile."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from bench.plan import EVENINGS, region
from region.resources.allocation import network
from region.resources.allocation.plan import make_plan

SITES = 800


class Ticker:
    """Counts in a thread of its own, as often as it is let."""

    def __init__(self) -> None:
        self.count = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Ticker:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ended.is_set():
            self.count += 1
            time.sleep(0.001)

    def around(self, solve: Callable[..., Any], counted: list[int]) -> Callable[..., Any]:
        """The solver's call, with how far the ticker came while it ran."""

        def watched(*given: Any, **how: Any) -> Any:
            before = self.count
            answer = solve(*given, **how)
            counted.append(self.count - before)
            return answer

        return watched


def test_other_threads_go_on_while_the_solver_works(monkeypatch: pytest.MonkeyPatch) -> None:
    scarce = region(*EVENINGS["scarce"], SITES)
    problem = replace(scarce, rules=replace(scarce.rules, seconds=1.0))
    counted: dict[str, list[int]] = {"linprog": [], "milp": []}
    with Ticker() as ticker:
        for name, counts in counted.items():
            monkeypatch.setattr(network, name, ticker.around(getattr(network, name), counts))
        assert make_plan(problem).lines
    # One that holds the interpreter during a call lets the ticker come no further than one step.
    assert max(counted["milp"]) > 10 and max(counted["linprog"]) > 5, counted
