"""Load areas and sites from files: read, check, show the plan, apply it when told to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from region.cli import context

if TYPE_CHECKING:
    from region.places.plan import Options, Plan

SHOWN = 20


@click.group()
def load() -> None:
    """Load areas or sites from files: the plan is shown first, and applied with --yes or when you agree."""


def _common(command: Any) -> Any:
    for option in (
        click.option("--yes", is_flag=True, help="apply the plan without asking"),
        click.option("--plan", "only_plan", is_flag=True, help="show the plan and apply nothing"),
        click.option(
            "--alias", multiple=True, metavar="SYSTEM=COLUMN", help="a column with another system's code"
        ),
        click.option("--encoding", default="", help="text encoding, if the file's is refused as unclear"),
        click.option("--crs", default="", help="WGS84, CGCS2000, GCJ02, BD09 or EPSG:n"),
        click.option("--name-zh", default="", help="column with the Chinese name"),
        click.option("--name-en", default="", help="column with the English name"),
        click.option("--code", default="code", show_default=True, help="column with the code"),
        context.lang_option,
    ):
        command = option(command)
    return command


@load.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_common
@click.option("--level", default="", help="level of all rows: district, community, borough, health_area …")
@click.option("--level-column", default="", help="column that names each row's level")
@click.option("--parent", default="", help="column with the parent's code, or 'geometry'")
@click.option("--parent-level", default="", help="level of the parents")
@click.option("--under", default="", help="code of the place for rows without a parent")
@click.option("--population", default="", help="column with the number of people")
@click.option("--population-year", default="", help="year of that number, or a column with it")
@click.option("--households", default="", help="column with the number of households")
@click.option("--valid-from", default="", help="column with the day from which the code holds")
@click.option(
    "--overlap", default=0.001, show_default=True, help="share of an area that may be covered twice"
)
@click.option("--layer", default="", help="layer of a GeoPackage, or Shapefile of a zip, that holds several")
def areas(file: Path, yes: bool, only_plan: bool, lang: str, alias: tuple[str, ...], **options: Any) -> None:
    """Load areas from a GeoJSON, a GeoPackage or a zipped Shapefile."""
    from region.places.plan import AreaOptions

    _load(file, AreaOptions(aliases=_aliases(alias), **options), lang, yes=yes, only_plan=only_plan)


@load.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_common
@click.option("--type", "type", default="", help="type of all sites: hospital, community_health_centre …")
@click.option("--type-column", default="", help="column that names each site's type")
@click.option(
    "--area", default="geometry", show_default=True, help="column with the area's code, or 'geometry'"
)
@click.option("--area-level", default="", help="level of those areas")
@click.option("--lon", default="lon", show_default=True, help="column with the longitude, or x")
@click.option("--lat", default="lat", show_default=True, help="column with the latitude, or y")
@click.option("--phone", default="", help="column with the telephone")
@click.option("--duty-phone", default="", help="column with the duty telephone")
@click.option("--capacity", default="", help="column with beds, rooms or tubes")
@click.option("--catchment", default="", help="column with the codes of the areas served, separated by ;")
@click.option("--sheet", default="", help="sheet of a workbook that holds several")
def sites(file: Path, yes: bool, only_plan: bool, lang: str, alias: tuple[str, ...], **options: Any) -> None:
    """Load sites from a CSV, TSV, XLSX or XLS. --crs must be stated."""
    from region.places.plan import SiteOptions

    _load(file, SiteOptions(aliases=_aliases(alias), **options), lang, yes=yes, only_plan=only_plan)


@load.command()
@click.argument("code")
@click.option("--name-zh", default="", help="Chinese name")
@click.option("--name-en", default="", help="English name")
@click.option("--level", default="city", show_default=True)
@click.option("--zone", default="", help="time zone, such as Asia/Shanghai")
def root(code: str, name_zh: str, name_en: str, level: str, zone: str) -> None:
    """Make the top of the tree where no file has it, such as the city above five boroughs."""
    from region.places import actions

    with context.office().work(_console()) as w:
        place = actions.make_root(w, code=code, name_zh=name_zh, name_en=name_en, level=level, zone=zone)
    click.echo(f"{place.code} {place.name_zh} / {place.name_en}: {place.path}")


def _console() -> Any:
    from region.spine.actor import Actor, Grant

    return Actor("console", (Grant("administrator", ""),))


def _aliases(given: tuple[str, ...]) -> dict[str, str]:
    pairs = [one.partition("=") for one in given]
    if not all(system and column for system, _, column in pairs):
        raise click.BadParameter("write SYSTEM=COLUMN", param_hint="--alias")
    return {system[:40]: column for system, _, column in pairs}


def _load(file: Path, options: Options, lang: str, *, yes: bool, only_plan: bool) -> None:
    from region.places import actions, queries

    office = context.office()
    with office.work(_console()) as w:
        made = actions.plan_load(w, file.read_bytes(), file.name, options)
        plan, number, state = queries.plan_of(made), made.id, made.state
    if state == "applied":
        click.echo(f"load {number}: applied before, nothing to change")
        return
    _show(plan, lang)
    if only_plan or not (yes or click.confirm("apply?")):
        click.echo(f"load {number}: planned, not applied")
        return
    with office.work(_console()) as w:
        actions.apply_load(w, number)
    click.echo(f"load {number}: applied")


def _show(plan: Plan, lang: str) -> None:
    from region.places import wording

    click.echo(", ".join(f"{name} {count}" for name, count in plan.counts.items()))
    for one in plan.notices[:SHOWN]:
        where = f"row {one['number']}: " if one["number"] else ""
        click.echo(f"  note     {where}{wording.finding(lang, one)}")
    lines = [(row.number, row.code, one) for row in plan.warned for one in row.warnings]
    for at, code, one in lines[:SHOWN]:
        click.echo(f"  warning  row {at} ({code}): {wording.finding(lang, one)}")
    if len(lines) > SHOWN:
        click.echo(f"  … and {len(lines) - SHOWN} more warnings")
    for one in plan.refused:
        click.echo(f"  refused  row {one['number']}: {wording.finding(lang, one)}")
    if plan.shift is not None:
        click.echo(f"  LOOK     {wording.shift(lang, plan.shift)}")
