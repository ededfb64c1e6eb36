"""The palette keeps its promises: contrast, shapes of their own, tones told apart without red and green."""

import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from maps import palette

TOKENS = Path(__file__).parents[2] / "region/static/css/tokens.css"

# Machado, Oliveira and Fernandes (2009), deuteranopia at severity 1.0, applied to linear RGB.
DEUTERANOPIA = np.array(
    [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
)
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def linear(colour: str) -> np.ndarray:
    parts = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    high, low = sorted((float(TO_XYZ[1] @ linear(c)) for c in (one, other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def lab(rgb: np.ndarray) -> np.ndarray:
    xyz = TO_XYZ @ np.clip(rgb, 0, 1) / np.array([0.9505, 1.0, 1.089])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def seen_distance(one: str, other: str) -> float:
    return float(np.linalg.norm(lab(DEUTERANOPIA @ linear(one)) - lab(DEUTERANOPIA @ linear(other))))


def test_contrast_is_computed_as_wcag_does():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", palette.THEMES)
@pytest.mark.parametrize("name", ["text", "soft", "bad", "watch", "working", "plain", "action", "exercise"])
@pytest.mark.parametrize("ground", ["ground", "raised"])
def test_text_colours_reach_aa(theme, name, ground):
    colours = palette.THEMES[theme]
    assert contrast(colours[name], colours[ground]) >= 4.5


@pytest.mark.parametrize("theme", palette.THEMES)
def test_words_on_buttons_reach_aa(theme):
    colours = palette.THEMES[theme]
    assert contrast(colours["on-action"], colours["action"]) >= 4.5


@pytest.mark.parametrize("theme", palette.THEMES)
def test_exercise_frame_stands_out(theme):
    colours = palette.THEMES[theme]
    assert contrast(colours["frame-line"], colours["ground"]) >= 3


@pytest.mark.parametrize("theme", palette.THEMES)
def test_marks_stand_out_from_every_class_by_their_halo(theme):
    """A mark has a rim of halo colour: mark on halo, or halo on class, must reach 3:1 (WCAG 1.4.11)."""
    colours = palette.THEMES[theme]
    for mark in palette.MARKS.values():
        assert contrast(colours[mark.tone], colours["halo"]) >= 3


@pytest.mark.parametrize("theme", palette.THEMES)
def test_labels_are_legible_over_every_class(theme):
    colours = palette.THEMES[theme]
    assert contrast(colours["text"], colours["halo"]) >= 7


@pytest.mark.parametrize("theme", palette.THEMES)
def test_tones_and_classes_differ_under_deuteranopia(theme):
    colours = palette.THEMES[theme]
    for one, other in combinations(("bad", "watch", "working", "plain"), 2):
        assert seen_distance(colours[one], colours[other]) >= 10, (one, other)
    for one, other in combinations(palette.CLASSES[theme], 2):
        assert seen_distance(one, other) >= 10, (one, other)


def test_every_state_has_a_shape_a_glyph_and_a_word_of_its_own():
    marks = list(palette.MARKS.values())
    for facts in ("shape", "glyph", "rank"):
        assert len({getattr(mark, facts) for mark in marks}) == len(marks)
    for lang in ("zh", "en"):
        assert len({mark.words[lang] for mark in marks}) == len(marks)
    assert {mark.tone for mark in marks} <= set(palette.DARK)


def test_themes_name_the_same_colours():
    assert palette.DARK.keys() == palette.LIGHT.keys()


def test_legend_puts_the_gravest_first():
    lines = palette.legend(["done", "late", "working"], "zh", "dark")
    assert [(line.key, line.word) for line in lines] == [
        ("late", "超时"),
        ("working", "办理中"),
        ("done", "办结"),
    ]
    assert lines[0].colour == palette.DARK["bad"]
    with pytest.raises(KeyError):
        palette.legend(["unheard-of"], "en", "light")


@pytest.mark.parametrize(
    ("value", "expected"), [(95.9, 1), (96, 2), (98, 3), (99, 4), (None, 0), (float("nan"), 0)]
)
def test_class_of_coverage(value, expected):
    assert palette.class_of(value, (96, 98, 99)) == expected


def test_class_of_turns_round_where_less_is_better():
    assert palette.class_of(10, (2, 5, 8), higher_is_better=False) == 1
    assert palette.class_of(1, (2, 5, 8), higher_is_better=False) == 4
    with pytest.raises(ValueError, match="ascending"):
        palette.class_of(1, (5, 2, 8))


@pytest.mark.parametrize("theme", palette.THEMES)
def test_style_sheet_tokens_are_those_of_the_table(theme):
    text = TOKENS.read_text("utf-8")
    block = re.search(rf"/\* {theme}: from maps/palette\.py \*/(.*?)/\* end \*/", text, re.S)
    assert block, f"tokens.css has no block for {theme}"
    assert [line.strip() for line in block[1].strip().splitlines()] == palette.tokens(theme)
