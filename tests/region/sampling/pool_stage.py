"""Positive pools from the tube to the last answer, through the real phone and the real laboratory."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from region.people.models import Person
from region.people.vault import mark_of
from region.sampling.actions.reporting import Result, report
from region.sampling.actions.syncing import sync
from region.sampling.models import Recall, RecallMember, SingleOnly
from region.sampling.schemas import SentTube
from region.surveillance.models import CaseProposal
from tests.region.sampling.ground import Ground, resident, running_round
from tests.world import World


@dataclass
class Stage:
    """A running round whose tubes come back; people are known by their numbers on the list of residents."""

    ground: Ground
    world: World

    @classmethod
    def of(cls, world: World) -> Stage:
        return cls(running_round(world), world)

    def send(self, *tubes: SentTube) -> None:
        """A phone synchronises, and what is owed then is done."""
        with self.ground.sampler() as w:
            answer = sync(w, self.ground.batch(tubes))
        assert {one.state for one in answer.tubes} == {"kept"}
        self.world.run()

    def pool(self, *people: int, home: int | None = None) -> SentTube:
        """A tube of several, taken and sent now; they live in `home`, or in the first grid."""
        where = {"home": home} if home else {}
        tube = self.ground.tube([self.ground.person(n, **where) for n in people])
        self.send(tube)
        return tube

    def alone(self, *people: int, stream: str = "retest") -> list[SentTube]:
        """A tube of his own for each, taken and sent now."""
        facts: dict[str, Any] = {"method": "single", "stream": stream}
        tubes = [self.ground.tube([self.ground.person(n)], **facts) for n in people]
        self.send(*tubes)
        return tubes

    def answer(self, result: str, *tubes: SentTube, source: str = "bench") -> None:
        """The laboratory reports these tubes now, and what is owed then is done."""
        now = self.world.clock.at
        with self.world.as_("laboratory", self.ground.lab) as w:
            report(w, self.ground.lab.id, [Result(one.code, result, now) for one in tubes], source=source)
        self.world.run()

    def recalled(self, *people: int) -> SentTube:
        """A pool of these, sampled now and positive an hour later."""
        tube = self.pool(*people)
        self.world.wait(hours=1)
        self.answer("positive", tube)
        self.world.wait(minutes=10)
        return tube

    def recalls(self) -> list[Recall]:
        with self.world.as_system() as w:
            return list(w.session.scalars(select(Recall).order_by(Recall.id)))

    def members(self, recall: int = 1) -> list[RecallMember]:
        with self.world.as_system() as w:
            wanted = select(RecallMember).where(RecallMember.recall_id == recall)
            return list(w.session.scalars(wanted.order_by(RecallMember.person_id)))

    def states(self, recall: int = 1) -> dict[str, int]:
        return dict(Counter(one.state for one in self.members(recall)))

    def id(self, n: int) -> int:
        """The person whom the n-th paper names."""
        mark = mark_of(self.world.office.installation, "resident", resident(n))
        with self.world.as_system() as w:
            return w.session.scalars(select(Person.id).where(Person.mark == mark)).one()

    def state(self, n: int, recall: int = 1) -> str:
        """Where the n-th resident stands in a recall."""
        person = self.id(n)
        return next(one.state for one in self.members(recall) if one.person_id == person)

    def apart(self) -> set[int]:
        """Who is sampled alone now."""
        with self.world.as_system() as w:
            rows = w.session.scalars(select(SingleOnly)).all()
            return {one.person_id for one in rows if one.until is None or one.until > w.now}

    def proposals(self) -> list[CaseProposal]:
        with self.world.as_system() as w:
            return list(w.session.scalars(select(CaseProposal).order_by(CaseProposal.id)))
