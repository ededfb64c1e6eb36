"""Moves of goods or people from place to place: arrows, as broad as what they carry, by their state."""

from __future__ import annotations

import geopandas as gpd

from maps.features import Layer, bounds_of, check_columns, collect
from maps.palette import MOVES, Lang

NEEDS = ("id", "state", "breadth")


class UnknownMove(ValueError):
    """A move came with a state that has no line."""


def layer(frame: gpd.GeoDataFrame, lang: Lang) -> Layer:
    """Lines from giver to taker: id, state (a key of palette.MOVES), breadth (1 thin to 4 broad), perhaps a name.

    Raises MissingColumns, and UnknownMove naming the states.
    """
    check_columns("moves", frame, NEEDS)
    strange = sorted({str(state) for state in frame["state"]} - MOVES.keys())
    if strange:
        raise UnknownMove(f"moves have states without a line: {', '.join(strange)}")
    return Layer("moves", "arrows", collect(frame, lang, (*NEEDS, "at")), bounds_of(frame))
