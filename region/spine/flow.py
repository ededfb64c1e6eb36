"""Where areas meet: steps that react to events, answers to questions, and runners of errands, found by their marks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, Generic, TypeVar

from region.spine.errors import Broken
from region.spine.journal import Event

Answer = TypeVar("Answer")
Told = TypeVar("Told", bound=Event)
Step = Callable[..., Any]


class Question(Generic[Answer]):
    """What an area must know of another before it may act: a frozen dataclass that the asker owns."""


@dataclass(frozen=True)
class Runner:
    """What runs an errand. `outside` runners open their own works, because they call slow providers."""

    name: str
    run: Step
    queue: str = "normal"
    outside: bool = False


def when(
    event: type[Told], only: Callable[[Told], bool] | None = None
) -> Callable[[Callable[[Any, Told], None]], Callable[[Any, Told], None]]:
    """Mark a function in `flows/` as a step: when this happens, do that. It takes (w, event).

    With `only` it is owed for those events alone of which that is true; it looks at nothing but the event.
    """

    def mark(step: Callable[[Any, Told], None]) -> Callable[[Any, Told], None]:
        step.__dict__["when"], step.__dict__["only"] = event, only
        return step

    return mark


def answers(question: type[Question[Answer]]) -> Callable[[Step], Step]:
    """Mark a function in `flows/` as the one that answers a question. It takes (w, question) and only reads."""

    def mark(answer: Step) -> Step:
        answer.__dict__["answers"] = question
        return answer

    return mark


def runner(name: str, *, queue: str = "normal", outside: bool = False) -> Callable[[Step], Step]:
    """Mark a function in an area's `jobs.py` as the runner of errands called `name`.

    An inside runner takes (w, **args) and commits together with the errand; an `outside` one takes
    (desk, **args), where `desk.work()` opens works and `desk.alive()` renews the lease.
    """

    def mark(step: Step) -> Step:
        step.__dict__["runner"] = Runner(name, step, queue, outside)
        return step

    return mark


def step_name(step: Step) -> str:
    """The name under which a step is owed: ``directive_loop.begin_delivery``."""
    return f"{step.__module__.rsplit('.', 1)[-1]}.{step.__name__}"


@dataclass
class Flows:
    """Everything that was found marked: made once by the app, read by all works."""

    steps: dict[type[Event], list[Step]] = field(default_factory=dict)
    named: dict[str, Step] = field(default_factory=dict)
    answerers: dict[type[Question[Any]], Step] = field(default_factory=dict)
    runners: dict[str, Runner] = field(default_factory=dict)
    events: dict[str, type[Event]] = field(default_factory=dict)

    def learn(self, modules: Iterable[ModuleType]) -> Flows:
        """Take in the steps, answers, runners and events that these modules define."""
        for module in modules:
            for thing in vars(module).values():
                if getattr(thing, "__module__", None) == module.__name__:
                    self._learn_one(thing)
        return self

    def _learn_one(self, thing: Any) -> None:
        if isinstance(thing, type):
            if issubclass(thing, Event):
                self.events[thing.event_name()] = thing
            return
        marks = getattr(thing, "__dict__", {})
        if "when" in marks:
            self.steps.setdefault(marks["when"], []).append(thing)
            self._once(self.named, step_name(thing), thing)
        if "answers" in marks:
            self._once(self.answerers, marks["answers"], thing)
        if "runner" in marks:
            self._once(self.runners, marks["runner"].name, marks["runner"])

    @staticmethod
    def _once(table: dict[Any, Any], name: Any, thing: Any) -> None:
        if name in table:
            raise Broken("named-twice", name=str(name))
        table[name] = thing

    def owed(self, told: Event) -> list[str]:
        """The names of the steps that an event owes."""
        steps = self.steps.get(type(told), ())
        asked = ((step, step.__dict__.get("only")) for step in steps)
        return [step_name(step) for step, only in asked if only is None or only(told)]

    def check(self, questions: Iterable[type[Question[Any]]]) -> None:
        """Refuse to start when a question has nobody to answer it."""
        unanswered = [question.__name__ for question in questions if question not in self.answerers]
        if unanswered:
            raise Broken("unanswered", questions=unanswered)
