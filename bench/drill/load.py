"""The mixed load in both realms: officers issue, approve, withdraw and replace orders; sites sign and report."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from bench.drill.ground import Drilled
from region.dispatch.actions import answering, ending, reviewing, writing
from region.dispatch.models import Directive, Recipient
from region.dispatch.schemas import Choice, Draft, Saying, TaskReport
from region.dispatch.states import UNSIGNED
from region.places.models import Place
from region.spine.actor import Actor, Grant
from region.spine.errors import Fault
from region.spine.work import Office, Work

Act = Callable[["Hand", Drilled], str]
Share = tuple[float, Act]
Urgency = Literal["flash", "urgent", "priority", "routine"]
URGENCIES: tuple[Urgency, ...] = ("flash", "urgent", "priority", "routine")
AWAY = (SQLAlchemyError, OSError)


@dataclass
class Ledger:
    """What the drill itself knows to have been confirmed: form tokens by realm, and how people were answered."""

    issued: dict[str, int] = field(default_factory=dict)
    answers: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, what: str) -> None:
        with self.lock:
            self.answers[what] += 1


@dataclass
class Hand:
    """One busy person (a thread): does something at random, again and again, until told to stop."""

    office: Office
    sides: list[Drilled]
    ledger: Ledger
    stop: threading.Event
    pause: float
    rng: random.Random
    acts: Sequence[Share]

    def run(self) -> None:
        """Act until stopped; what the system refuses is counted, what it cannot take now is tried again later."""
        while not self.stop.is_set():
            side = self.rng.choice(self.sides)
            act = self.rng.choices([one for _, one in self.acts], [share for share, _ in self.acts])[0]
            try:
                self.ledger.count(act(self, side))
            except Fault as fault:
                self.ledger.count(f"refused: {fault.code}")
            except AWAY as error:
                self.ledger.count(f"away: {type(error).__name__}")
                time.sleep(0.5)
            self.stop.wait(self.pause * self.rng.uniform(0.5, 1.5))

    def as_(self, side: Drilled, role: str, place: Place, name: str) -> Actor:
        site = place.id if place.kind == "site" else None
        return Actor(name, (Grant(role, place.path),), realm=side.world.realm, site_id=site)


def issue(hand: Hand, side: Drilled) -> str:
    """Compose, submit, let a second person approve where needed, and issue: each a click of its own."""
    district = hand.rng.choice(side.districts)
    duty = hand.as_(side, "duty_officer", side.city, "duty")
    chief = hand.as_(side, "approver", side.city, "chief")
    sites = side.sites[district.id]
    chosen = hand.rng.sample(sites, hand.rng.randint(3, len(sites)))
    token = str(uuid4())
    draft = _draft(side, token, chosen, hand.rng.choice(URGENCIES), _replaced(hand, side, duty))
    for actor, click in ((duty, writing.submit), (chief, _approve), (chief, writing.issue)):
        _click(hand, actor, draft, side.city, click)
    with hand.ledger.lock:
        hand.ledger.issued[token] = side.world.realm
    return "issued"


def _approve(w: Work, directive: Directive) -> None:
    if directive.state == "awaiting_approval":
        writing.approve(w, directive)


def _click(
    hand: Hand, actor: Actor, draft: Draft, city: Place, click: Callable[[Work, Directive], None]
) -> None:
    """One click, repeated while nothing answers, as people do: the form token makes it one order."""
    while True:
        try:
            with hand.office.work(actor) as w:
                directive = w.session.scalar(
                    select(Directive).where(Directive.form_token == draft.form_token)
                )
                click(w, directive or writing.compose(w, draft, city.id))
            return
        except AWAY as error:
            hand.ledger.count(f"clicked again: {type(error).__name__}")
            time.sleep(0.5)


def _draft(side: Drilled, token: str, sites: list[int], urgency: Urgency, replaced: int | None) -> Draft:
    return Draft(
        form_token=token,
        incident_id=side.incident,
        kind="directive",
        urgency=urgency,
        title_zh="即刻到岗",
        title_en="Take up posts",
        body_zh="即刻到岗并反馈。",
        body_en="Take up posts at once and report.",
        task_minutes=30,
        choice=Choice(sites=tuple(sites)),
        supersedes_id=replaced,
    )


def _replaced(hand: Hand, side: Drilled, duty: Actor) -> int | None:
    """Now and then an order takes the place of another one."""
    if hand.rng.random() > 0.05:
        return None
    with hand.office.work(duty, reading=True) as w:
        wanted = select(Directive.id).where(Directive.state == "issued").order_by(Directive.id).limit(1)
        return w.session.scalar(wanted)


def withdraw(hand: Hand, side: Drilled) -> str:
    """Take an order back that is under way."""
    with hand.office.work(hand.as_(side, "duty_officer", side.city, "duty")) as w:
        running = list(w.session.scalars(select(Directive).where(Directive.state == "issued").limit(50)))
        if not running:
            return "nothing to withdraw"
        ending.withdraw(w, hand.rng.choice(running), "drill")
    return "withdrawn"


def answer(hand: Hand, side: Drilled) -> str:
    """One site goes through its inbox: signs what is new, does the next step of what it has."""
    district = hand.rng.choice(side.districts)
    site = hand.rng.choice(side.sites[district.id])
    place = Place(id=site, path=f"{district.path}{site}/", kind="site")
    done = 0
    with hand.office.work(hand.as_(side, "clinic", place, f"clinic {site}")) as w:
        open_ones = select(Recipient).where(Recipient.ended_at.is_(None), Recipient.place_id == site)
        for recipient in w.session.scalars(open_ones.limit(5)).all():
            _step(w, recipient, hand.rng)
            done += 1
    return "sites answered" if done else "sites with nothing open"


def _step(w: Work, recipient: Recipient, rng: random.Random) -> None:
    if recipient.state == "stopping":
        ending.confirm_stop(w, recipient)
    elif recipient.directive.state != "issued":
        return
    elif recipient.state in UNSIGNED:
        answering.acknowledge(w, recipient)
    elif rng.random() < 0.05:
        answering.raise_trouble(w, recipient, Saying(uid=str(uuid4()), text="车辆故障"))
    elif recipient.state == "acknowledged" and rng.random() < 0.5:
        answering.begin(w, recipient)
    elif recipient.state in ("acknowledged", "in_progress", "returned"):
        answering.report(w, recipient, TaskReport(uid=str(uuid4()), text="完成"))


def review(hand: Hand, side: Drilled) -> str:
    """The desk judges some reports: most are accepted, some go back, some sites are waived."""
    with hand.office.work(hand.as_(side, "duty_officer", side.city, "duty")) as w:
        wanted = select(Recipient).join(Recipient.directive).where(Directive.state == "issued")
        reported = w.session.scalars(wanted.where(Recipient.state == "reported").limit(40)).all()
        for recipient in reported:
            said = Saying(uid=str(uuid4()), text="请补照片")
            if hand.rng.random() < 0.1:
                reviewing.send_back(w, recipient, said)
            else:
                reviewing.accept(w, recipient)
        if hand.rng.random() < 0.2:
            silent = w.session.scalars(wanted.where(Recipient.state == "pending").limit(1)).first()
            if silent is not None:
                reviewing.waive(w, silent, Saying(uid=str(uuid4()), text="该点停用"))
    return "reviews"


OFFICER: list[Share] = [(0.5, issue), (0.05, withdraw), (0.45, review)]
SITE: list[Share] = [(1.0, answer)]


def begin(office: Office, sides: list[Drilled], seed: int, by_api: Share) -> Load:
    """Start two busy officers, four threads of sites at their screens, and one of sites' own systems."""
    ledger, stop = Ledger(), threading.Event()
    people = [(2.0, OFFICER)] * 2 + [(0.05, SITE)] * 4 + [(0.1, [by_api])]
    hands = [
        Hand(office, sides, ledger, stop, pause, random.Random(seed + n), acts)
        for n, (pause, acts) in enumerate(people)
    ]
    threads = [threading.Thread(target=hand.run, daemon=True) for hand in hands]
    for thread in threads:
        thread.start()
    return Load(ledger, stop, threads)


@dataclass
class Load:
    """The people at work."""

    ledger: Ledger
    stop: threading.Event
    threads: list[threading.Thread]

    def end(self) -> None:
        """Let everybody finish what they are at."""
        self.stop.set()
        for thread in self.threads:
            thread.join(120)
            assert not thread.is_alive(), "somebody never got an answer"
