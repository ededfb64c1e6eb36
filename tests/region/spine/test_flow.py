"""Areas meet in flows: steps, answers and runners are found by their marks, once, and a gap is seen at the start."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any

import pytest

from region.dispatch.events import DirectiveDiscarded
from region.spine.errors import Broken
from region.spine.flow import Flows, Question, answers, step_name, when
from region.spine.work import Work
from tests.world import World


@dataclass(frozen=True)
class HowMany(Question[int]):
    """What one area asks another."""

    of: int


def module(**things: Any) -> ModuleType:
    """A module as it would stand in flows/."""
    made = ModuleType("region.flows.made_up")
    for name, thing in things.items():
        thing.__module__ = made.__name__
        setattr(made, name, thing)
    return made


def test_a_question_is_answered_in_the_same_transaction(world: World) -> None:
    @answers(HowMany)
    def count(w: Work, question: HowMany) -> int:
        return question.of * 2

    world.office.flows.learn([module(count=count)])
    with world.as_system() as w:
        assert w.ask(HowMany(of=21)) == 42


def test_an_answer_changes_nothing(world: World) -> None:
    @answers(HowMany)
    def meddle(w: Work, question: HowMany) -> int:
        w.tell(DirectiveDiscarded(directive=question.of))
        return 0

    world.office.flows.learn([module(meddle=meddle)])
    with pytest.raises(Broken, match="answer-changed-something"), world.as_system() as w:
        w.ask(HowMany(of=1))
    assert world.journal() == []


def test_a_question_that_nobody_answers_fails_at_the_start() -> None:
    with pytest.raises(Broken, match="unanswered"):
        Flows().check([HowMany])


def test_a_step_is_found_and_named_and_may_not_be_found_twice() -> None:
    @when(DirectiveDiscarded)
    def react(w: Work, e: DirectiveDiscarded) -> None:
        """Nothing."""

    flows = Flows().learn([module(react=react)])
    assert flows.steps[DirectiveDiscarded] == [react]
    assert step_name(react) == "made_up.react"
    with pytest.raises(Broken, match="named-twice"):
        flows.learn([module(react=react)])
