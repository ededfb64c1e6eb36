"""Clusters in space and time without the rest: tables of cases and places in, a table of clusters out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from region.spine.errors import Invalid

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option("--cases", required=True, type=_FILE, help="CSV: area, date and optionally cases (else 1 each)")
@click.option("--coordinates", required=True, type=_FILE, help="CSV: area, latitude, longitude (degrees)")
@click.option("--population", type=_FILE, help="CSV: area, population; needed by the model poisson")
@click.option("--model", type=click.Choice(["poisson", "permutation"]), required=True)
@click.option(
    "--prospective/--retrospective", default=True, help="only windows that end on the last day, or all"
)
@click.option("--from", "first", default="", metavar="DATE", help="the first day; else that of the cases")
@click.option("--to", "last", default="", metavar="DATE", help="the last day; else that of the cases")
@click.option(
    "--max-share", type=float, default=0.5, show_default=True, help="of population (or cases) in a circle"
)
@click.option("--max-radius", type=float, help="of a circle, in km")
@click.option("--max-days", type=int, default=7, show_default=True, help="of a window")
@click.option("--replicates", type=int, default=999, show_default=True)
@click.option(
    "--stop-after", type=int, default=0, help="stop when so many replicates reached the maximum; 0: never"
)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option(
    "--out", "target", type=click.Path(dir_okay=False, path_type=Path), help="CSV; else the terminal"
)
def scan(
    cases: Path,
    coordinates: Path,
    population: Path | None,
    first: str,
    last: str,
    target: Path | None,
    **told: Any,
) -> None:
    """Find the cylinders (circle x days) with more cases than chance explains, likeliest first."""
    # NumPy and SciPy take a moment to load; a refusal of the command line should not.
    from region.surveillance.detect.scan import Scan, search, tables
    from region.surveillance.detect.series import BadSeries

    try:
        how = Scan(**told)
        ground = tables.read(cases, coordinates, population, first, last)
        found = search.scan(ground.counts, ground.distance, how, ground.population)
    except BadSeries as error:
        raise Invalid(error.code, **error.facts) from error
    if target is None:
        tables.write(found, ground, sys.stdout)
        return
    with target.open("w", encoding="utf-8", newline="") as file:
        tables.write(found, ground, file)
    click.echo(f"{len(found.clusters)} clusters, {len(found.maxima)} replicates", err=True)
