"""The one table of what a state looks like: its shape, its colour by day and on the wall, its words.

Colours are spent on four tones alone (bad, watch, working, plain); every state has a shape of its own too, so
that nothing is said by colour only. The tokens of the style sheets are made from this table (`python -m
maps.palette`), and a test holds the two together, checks WCAG 2.2 AA contrast, and tells the tones apart
under simulated deuteranopia.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

Lang = Literal["zh", "en"]
Theme = Literal["dark", "light"]
Words = dict[str, str]
Colours = dict[str, str]

DARK: Colours = {
    "ground": "#0b1116",
    "raised": "#131c23",
    "line": "#2a3842",
    "text": "#f2f6f8",
    "soft": "#b4c0c8",
    "bad": "#ff8a7a",
    "watch": "#ffd166",
    "working": "#5fcbb8",
    "plain": "#cfd9df",
    "action": "#5fcbb8",
    "on-action": "#06211d",
    "exercise": "#ffd166",
    "frame-line": "#e0a800",
    "halo": "#05080a",
    "water": "#12242f",
    "outline": "#f2f6f8",
}

LIGHT: Colours = {
    "ground": "#f3f5f7",
    "raised": "#ffffff",
    "line": "#c9d2d9",
    "text": "#141f28",
    "soft": "#4b5b67",
    "bad": "#a01513",
    "watch": "#946300",
    "working": "#0b5f57",
    "plain": "#5d6b75",
    "action": "#0b5f57",
    "on-action": "#ffffff",
    "exercise": "#946300",
    "frame-line": "#b87f00",
    "halo": "#ffffff",
    "water": "#c6dbe8",
    "outline": "#33424d",
}

THEMES: dict[Theme, Colours] = {"dark": DARK, "light": LIGHT}


@dataclass(frozen=True)
class Mark:
    """How one state is drawn: `shape` on canvas and in CSS, `glyph` in text, `tone` a colour.

    `rank` orders marks that lie over one another (higher is drawn later) and lists (higher comes first);
    `size` is times the usual radius: what is well is drawn small.
    """

    state: str
    shape: str
    glyph: str
    tone: str
    words: Words
    rank: int
    size: float


MARKS: dict[str, Mark] = {
    mark.state: mark
    for mark in (
        Mark("late", "triangle", "▲", "bad", {"zh": "超时", "en": "Late"}, 90, 1.25),
        Mark("unreachable", "slashed", "⊘", "bad", {"zh": "未送达", "en": "Not reached"}, 80, 1.15),
        Mark("dark", "cross", "✕", "bad", {"zh": "失联", "en": "Silent"}, 70, 1.15),
        Mark("watch", "diamond", "◆", "watch", {"zh": "关注", "en": "Watch"}, 60, 1.15),
        Mark("owed", "hollow-diamond", "◇", "watch", {"zh": "待签收", "en": "To be signed"}, 50, 1.0),
        Mark("reported", "half", "◐", "working", {"zh": "已反馈", "en": "Reported"}, 40, 0.85),
        Mark("working", "disc", "●", "working", {"zh": "办理中", "en": "In progress"}, 30, 0.8),
        Mark("signed", "square", "■", "plain", {"zh": "已签收", "en": "Signed"}, 20, 0.75),
        Mark("done", "ring", "○", "plain", {"zh": "办结", "en": "Done"}, 10, 0.6),
        Mark("none", "dot", "·", "plain", {"zh": "无任务", "en": "Nothing owed"}, 0, 0.6),
    )
}

# Classes of an area's value, from the worst (1) to the best (4); 0 is "no data": an outline and no colour.
CLASSES: dict[Theme, tuple[str, str, str, str]] = {
    "dark": ("#8f4a12", "#5d5238", "#2a556d", "#2d8094"),
    "light": ("#d9894a", "#e3d3a6", "#a9c8d6", "#5fa8b8"),
}

# Risk zones are hatched over the classes: tone, distance of the lines in pixels, their direction in degrees.
ZONES: dict[str, tuple[str, int, int, Words]] = {
    "high": ("bad", 6, 45, {"zh": "高风险", "en": "High risk"}),
    "medium": ("watch", 9, 135, {"zh": "中风险", "en": "Medium risk"}),
    "low": ("plain", 14, 45, {"zh": "低风险", "en": "Low risk"}),
}

# Moves are arrows: tone, dashes in pixels (none: a whole line), words.
MOVES: dict[str, tuple[str, tuple[int, ...], Words]] = {
    "late": ("bad", (), {"zh": "在途超时", "en": "Late on the way"}),
    "under_way": ("working", (), {"zh": "在途", "en": "On the way"}),
    "planned": ("plain", (7, 6), {"zh": "拟调拨", "en": "Planned"}),
}


@dataclass(frozen=True)
class LegendEntry:
    """One line of a legend: its key, its mark's CSS class, glyph and colour (#rrggbb), its word."""

    key: str
    css: str
    glyph: str
    colour: str
    word: str


def legend(states: Iterable[str], lang: Lang, theme: Theme) -> list[LegendEntry]:
    """Legend lines for these states, the gravest first. Raises KeyError for an unknown state."""
    marks = sorted((MARKS[state] for state in states), key=lambda mark: -mark.rank)
    return [
        LegendEntry(m.state, f"mark mark-{m.state}", m.glyph, THEMES[theme][m.tone], m.words[lang])
        for m in marks
    ]


def zone_legend(lang: Lang, theme: Theme) -> list[LegendEntry]:
    """Legend lines for risk zones, high first."""
    return [
        LegendEntry(grade, f"hatch hatch-{grade}", "▨", THEMES[theme][tone], words[lang])
        for grade, (tone, _, _, words) in ZONES.items()
    ]


def move_legend(lang: Lang, theme: Theme) -> list[LegendEntry]:
    """Legend lines for moves, late ones first."""
    return [
        LegendEntry(state, f"move move-{state}", "→", THEMES[theme][tone], words[lang])
        for state, (tone, _, words) in MOVES.items()
    ]


def class_of(value: float | None, thresholds: Sequence[float], *, higher_is_better: bool = True) -> int:
    """The class (1 worst to 4 best, 0 no data) of a value at three ascending thresholds that mean something.

    With (96, 98, 99): 95.9 is 1, 96 is 2, 98 is 3, 99 is 4. Raises ValueError unless three ascending numbers.
    """
    if len(thresholds) != 3 or list(thresholds) != sorted(thresholds):
        raise ValueError("an area's classes need three ascending thresholds")
    if value is None or value != value:
        return 0
    passed = sum(value >= limit for limit in thresholds)
    return 1 + (passed if higher_is_better else 3 - passed)


def style(theme: Theme, lang: Lang) -> dict[str, object]:
    """All that the browser needs to draw: colours, marks by state, classes, zones; constants only."""
    colours = THEMES[theme]
    return {
        "colours": colours,
        "marks": {
            m.state: {
                "shape": m.shape,
                "colour": colours[m.tone],
                "rank": m.rank,
                "size": m.size,
                "word": m.words[lang],
            }
            for m in MARKS.values()
        },
        "classes": list(CLASSES[theme]),
        "moves": {
            state: {"colour": colours[tone], "dashes": list(dashes)}
            for state, (tone, dashes, _) in MOVES.items()
        },
        "zones": {
            grade: {"colour": colours[tone], "gap": gap, "angle": angle}
            for grade, (tone, gap, angle, _) in ZONES.items()
        },
    }


def tokens(theme: Theme) -> list[str]:
    """The custom properties of one theme, as lines of CSS, in the order of the table."""
    lines = [f"--{name}: {colour};" for name, colour in THEMES[theme].items()]
    lines += [f"--class-{number}: {colour};" for number, colour in enumerate(CLASSES[theme], start=1)]
    return lines


if __name__ == "__main__":
    for each in THEMES:
        print(f"/* {each} */")
        print("\n".join(f"  {line}" for line in tokens(each)))
