"""How far an order of a whole campaign has come: its tasks summed up, areas compared, and who is behind."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from region.dispatch.models import Directive
from region.dispatch.queries.campaign_lines import Line, Lines, lines
from region.dispatch.tasks import Task, tasks_of
from region.dispatch.wording import PACK
from region.places.models import Area, Place
from region.spine.work import Work

WORDS = ("contradicted", "late", "not_begun", "working", "done")
"""What a site is in a campaign, the worst first; those that need not do it are left out."""
MOST_BEHIND = 100


@dataclass
class Sum:
    """One task over some sites: `value` is None until anybody has told; `target` where targets are set."""

    task: Task
    value: float | None = None
    target: float | None = None
    told: int = 0
    at: datetime | None = None

    @property
    def share(self) -> float | None:
        """The part of the target that is done; None without a target."""
        return (self.value or 0.0) / self.target if self.target else None

    def take(self, line: Line, facts: Lines) -> None:
        """Add one site."""
        aim, done = self.task.target_of(line.targets), facts.value(line, self.task.name)
        if aim is not None:
            self.target = (self.target or 0.0) + aim
        if done is not None:
            self.value = (self.value or 0.0) + done.value
            self.told += 1
            self.at = max(self.at, done.at) if self.at else done.at


@dataclass
class Group:
    """Some sites: those of one area, or all. `population` and `per_thousand` where the area's people are known."""

    area: int | None
    zh: str
    en: str
    tasks: dict[str, Sum]
    population: int | None = None
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(WORDS, 0))
    nil: int = 0

    @property
    def sites(self) -> int:
        """How many are to do it."""
        return sum(self.counts.values())

    @property
    def share(self) -> float | None:
        """The mean of the shares of those tasks that have a target, each at most whole; else of sites done."""
        shares = [min(1.0, one.share) for one in self.tasks.values() if one.share is not None]
        if shares:
            return sum(shares) / len(shares)
        return self.counts["done"] / self.sites if self.sites else None

    def per_thousand(self, task: str) -> float | None:
        """A task's value for each thousand people of the area; None where either is unknown."""
        done = self.tasks[task].value
        return 1000 * done / self.population if done is not None and self.population else None

    def take(self, line: Line, word: str, facts: Lines) -> None:
        """Add one site."""
        self.counts[word] += 1
        self.nil += facts.is_nil(line)
        for one in self.tasks.values():
            one.take(line, facts)


@dataclass(frozen=True)
class Site:
    """One site that is behind, or whose report is contradicted: what it is, and how far it has come."""

    recipient: int
    place: int
    zh: str
    en: str
    area_zh: str
    area_en: str
    word: str
    share: float | None
    reported_late: bool


@dataclass(frozen=True)
class Campaign:
    """The roll-up of one order, those made out of it included.

    `areas` are those of one level, the furthest behind first; `behind` the sites that need somebody, the worst
    first; `words` the word of each site's place; `late_nils` who sent a nil report after its time.
    """

    tasks: tuple[Task, ...]
    whole: Group
    areas: list[Group]
    behind: list[Site]
    behind_total: int
    words: dict[int, str]
    late_nils: list[Site]
    orders: int


def campaign(w: Work, directive: Directive, level: str = "subdistrict") -> Campaign:
    """Sum up an order by the areas of a level, within the actor's places; a dozen queries, however many sites.

    A site that passed the order on counts with what those below it told, until it has reported itself. Sites
    above the level are shown by those below them that they passed it on to.
    """
    tasks = tasks_of(directive)
    nil = directive.template in w.rules.value(PACK, "nil.templates")
    facts = lines(w, directive, tasks, nil=nil)
    named = _areas(w, level)
    whole = Group(None, "", "", _sums(tasks))
    groups: dict[int | None, Group] = {}
    for line in facts.of(directive.id):
        if (word := facts.word(line)) is not None:
            whole.take(line, word, facts)
    sites = [
        (line, area, word) for line, area in _placed(facts, directive.id, named) if (word := facts.word(line))
    ]
    for line, area, word in sites:
        if area not in groups:
            row = named.get(area) if area else None
            groups[area] = Group(area, *(row[:2] if row else ("", "")), _sums(tasks), row[2] if row else None)
        groups[area].take(line, word, facts)
    behind = [one for one in sites if one[2] in ("contradicted", "late")]
    behind.sort(key=lambda one: (WORDS.index(one[2]), facts.share(one[0]) or 0.0, one[0].id))
    return Campaign(
        tasks=tasks,
        whole=whole,
        areas=sorted(groups.values(), key=lambda one: (one.share if one.share is not None else 2.0, one.zh)),
        behind=[_site(facts, named, one) for one in behind[:MOST_BEHIND]],
        behind_total=len(behind),
        words=_words(sites),
        late_nils=[
            _site(facts, named, one) for one in sites if facts.is_nil(one[0]) and facts.was_late(one[0])
        ],
        orders=facts.orders,
    )


def _sums(tasks: Iterable[Task]) -> dict[str, Sum]:
    return {task.name: Sum(task) for task in tasks}


def _words(sites: Sequence[tuple[Line, int | None, str]]) -> dict[int, str]:
    """The word of each place; a person's part and its site's: the worse."""
    worst: dict[int, str] = {}
    for line, _, word in sites:
        worst[line.place] = min(word, worst.get(line.place, word), key=WORDS.index)
    return worst


def _areas(w: Work, level: str) -> dict[int, tuple[str, str, int | None]]:
    wanted = select(Place.id, Place.name_zh, Place.name_en, Area.population)
    wanted = wanted.join(Area, Area.place_id == Place.id).where(Area.level == level)
    return {row[0]: (row[1], row[2], row[3]) for row in w.session.execute(wanted)}


def _placed(
    facts: Lines, directive: int, named: dict[int, tuple[str, str, int | None]]
) -> Iterable[tuple[Line, int | None]]:
    """Each recipient with its area of the level; one that lies above the level by those below it, if any."""
    for line in facts.of(directive):
        area = next((step for step in line.steps if step in named), None)
        below = facts.below(line)
        if area is None and below:
            for child in below:
                yield from _placed(facts, child, named)
        else:
            yield line, area


def _site(
    facts: Lines, named: dict[int, tuple[str, str, int | None]], one: tuple[Line, int | None, str]
) -> Site:
    line, area, word = one
    zh, en = named[area][:2] if area else ("", "")
    late = facts.was_late(line)
    return Site(line.id, line.place, line.zh, line.en, zh, en, word, facts.share(line), late)
