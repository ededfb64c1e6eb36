"""The statistics of early warning without the rest: a table of series in, a table of signals out."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from region.spine.errors import Invalid


@click.command()
@click.option("--method", required=True, help="farrington-flexible, ears-c1, cusum … (docs/detectors.md)")
@click.option(
    "--in",
    "source",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="CSV with the columns series, date, observed and optionally population",
)
@click.option(
    "--out", "target", type=click.Path(dir_okay=False, path_type=Path), help="CSV; else the terminal"
)
@click.option("--from", "first", default="", metavar="DATE", help="the first date to judge, as in the table")
@click.option("--to", "last", default="", metavar="DATE", help="the last date to judge")
@click.option("--frequency", type=click.IntRange(min=1), help="periods a year: 52, 12, 365 …")
@click.option(
    "--option", "options", multiple=True, metavar="NAME=VALUE", help="an option of the method, named as in R"
)
def detect(
    method: str,
    source: Path,
    target: Path | None,
    first: str,
    last: str,
    frequency: int | None,
    options: tuple[str, ...],
) -> None:
    """Judge the series of a table by one method, and write a signal for each point.

    A date is an ISO date, an ISO week (2024-W05) or an index (then with --frequency). What is not in the table is
    missing, not zero. Fields are empty where there is no answer; the note says why.
    """
    # NumPy and SciPy take a moment to load; a refusal of the command line should not.
    from region.surveillance.detect import methods, series

    try:
        panel = series.read_panel(source, frequency)
        span = series.span_of(panel, first, last)
        found = methods.detect(panel, method, _options(options), span)
    except series.BadSeries as error:
        raise Invalid(error.code, **error.facts) from error
    if target is None:
        series.write_signals(found, sys.stdout)
        return
    with target.open("w", encoding="utf-8", newline="") as file:
        rows = series.write_signals(found, file)
    click.echo(
        f"{rows} points of {len(found.names)} series, {int(found.answered.sum())} answered, "
        f"{int(found.alarm.sum())} alarms",
        err=True,
    )


def _options(given: tuple[str, ...]) -> dict[str, str]:
    options: dict[str, str] = {}
    for one in given:
        name, equals, value = one.partition("=")
        if not equals or name.strip() in options:
            raise Invalid("option-form", option=one[:60])
        options[name.strip()] = value
    return options
