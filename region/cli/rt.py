"""How many people one case infects, and how many of the latest days have fallen ill: tables in, tables out."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

import click

from region.spine.errors import Invalid

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
TARGET = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.option("--in", "source", required=True, type=FILE, help="CSV with series, date (days), observed")
@click.option("--mean-si", type=float, help="the serial interval's mean, in days; with --sd-si")
@click.option("--sd-si", type=float, help="its standard deviation, in days")
@click.option("--serial", type=FILE, help="the serial interval as a CSV with days, weight")
@click.option(
    "--window", type=click.IntRange(min=1), default=7, show_default=True, help="days that share one R"
)
@click.option("--mean-prior", type=float, default=5.0, show_default=True)
@click.option("--sd-prior", type=float, default=5.0, show_default=True)
@click.option("--out", "target", type=TARGET, help="CSV; else the terminal")
def rt(
    source: Path,
    mean_si: float | None,
    sd_si: float | None,
    serial: Path | None,
    window: int,
    mean_prior: float,
    sd_prior: float,
    target: Path | None,
) -> None:
    """Estimate the time-varying reproduction number of each series, with its interval (Cori et al. 2013)."""
    # NumPy and SciPy take a moment to load; a refusal of the command line should not.
    from region.surveillance.detect import linelist, reproduction, series

    if (serial is None) == (mean_si is None or sd_si is None):
        raise Invalid("serial-which")
    try:
        panel = series.read_panel(source, 365)
        if serial is not None:
            interval = linelist.read_serial(serial)
        else:
            interval = reproduction.Serial.gamma(mean_si or 0.0, sd_si or 0.0)
        how = reproduction.Cori(window, mean_prior, sd_prior)
        found = reproduction.estimate(panel, interval, how)
    except series.BadSeries as error:
        raise Invalid(error.code, **error.facts) from error
    _write(target, lambda file: linelist.write_reproduction(found, panel.labels, file))


@click.command()
@click.option(
    "--in", "source", required=True, type=FILE, help="CSV with onset, report and perhaps series, cases"
)
@click.option("--now", default="", metavar="DATE", help="the last day that is known; else the last report's")
@click.option("--from", "first", default="", metavar="DATE", help="the first day of onset; else the earliest")
@click.option("--longest", type=click.IntRange(min=1), default=15, show_default=True, help="delay, in days")
@click.option(
    "--method", type=click.Choice(["trunc", "notrunc", "bnb", "lawless"]), default="trunc", show_default=True
)
@click.option("--window", type=click.IntRange(min=0), default=0, help="days to learn the delay from; 0: all")
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--out", "target", type=TARGET, help="CSV; else the terminal")
def nowcast(
    source: Path, now: str, first: str, longest: int, method: str, window: int, seed: int, target: Path | None
) -> None:
    """Complete the latest days for reports that are still to come, by day of onset."""
    from region.surveillance.detect import linelist
    from region.surveillance.detect.nowcast import Completing, complete
    from region.surveillance.detect.series import BadSeries

    try:
        delays = linelist.read_delays(source, first=first, now=now, longest=longest)
        found = complete(delays.triangles, Completing(method=method, window=window, seed=seed))
    except BadSeries as error:
        raise Invalid(error.code, **error.facts) from error
    _write(target, lambda file: linelist.write_nowcast(found, delays, file))


def _write(target: Path | None, write: Callable[[TextIO], int]) -> None:
    if target is None:
        write(sys.stdout)
        return
    with target.open("w", encoding="utf-8", newline="") as file:
        rows = write(file)
    click.echo(f"{rows} rows", err=True)
