"""Code 128 (ISO/IEC 15417): a text as bars, with sets B and C, the check symbol, and quiet zones; drawn as SVG."""

from __future__ import annotations

import re

_B, _C = 104, 105  # start symbols
_TO_B, _TO_C, _STOP = 100, 99, 106
_QUIET = 10
"""Modules that stay white on either side."""

_TABLE = (
    "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 "
    "123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321 "
    "232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 "
    "313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 "
    "111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 "
    "111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 "
    "114311 411113 411311 113141 114131 311141 411131 211412 211214 211232 2331112"
)
"""Widths of bar, space, bar, … of each symbol value, as in the standard's table of character encodation."""
PATTERNS = _TABLE.split()


def symbols(text: str) -> list[int]:
    """The symbol values of a text of printable ASCII: start, data, check, stop; pairs of digits go into set C.

    ValueError for an empty text or a character that set B does not have.
    """
    if not re.fullmatch(r"[ -~]+", text):
        raise ValueError("Code 128 is written here for printable ASCII alone")
    made: list[int] = []
    rest, in_c = text, False
    while rest:
        digits = len(re.match(r"\d*", rest).group())  # type: ignore[union-attr]
        if digits >= _worth(made, in_c, digits == len(rest)):
            made += [] if in_c else [_TO_C if made else _C]
            pairs = digits // 2 * 2
            made += [int(rest[n : n + 2]) for n in range(0, pairs, 2)]
            rest, in_c = rest[pairs:], True
            continue
        if in_c or not made:
            made.append(_TO_B if made else _B)
            in_c = False
        # An odd digit before pairs goes into set B; then the pairs stand together.
        made.append(ord(rest[0]) - 32)
        rest = rest[1:]
    return [*made, check_symbol(made), _STOP]


def _worth(made: list[int], in_c: bool, last: bool) -> int:
    """From how many digits on pairs are shorter: two where the set stands, four at an end, six in the middle."""
    if in_c:
        return 2
    return 4 if last or not made else 6


def check_symbol(values: list[int]) -> int:
    """The check symbol: the start value, and each data value times its place, modulo 103."""
    return (values[0] + sum(place * value for place, value in enumerate(values[1:], 1))) % 103


def widths(text: str) -> list[int]:
    """Widths in modules of bars and spaces in turn, beginning with a bar; without quiet zones."""
    return [int(width) for value in symbols(text) for width in PATTERNS[value]]


def svg(text: str, height: int = 40) -> str:
    """The bars as an SVG picture, one unit a module; `height` in modules. It says its text to screen readers."""
    at, path = _QUIET, []
    for n, width in enumerate(widths(text)):
        if n % 2 == 0:
            path.append(f"M{at} 0h{width}v{height}h-{width}z")
        at += width
    label = text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="code128" role="img" aria-label="{label}" '
        f'viewBox="0 0 {at + _QUIET} {height}" preserveAspectRatio="none" shape-rendering="crispEdges">'
        f'<path d="{"".join(path)}"/></svg>'
    )
