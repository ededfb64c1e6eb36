"""`region run`: a whole region on one machine, from nothing, with one command."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from region.cli import context
from region.spine.errors import Unready


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), help="port of the web server; 0 takes a free one")
@click.option(
    "--data", type=click.Path(path_type=Path, file_okay=False), help="folder of this region [REGION_DATA_DIR]"
)
@click.option("--real", is_flag=True, help="no exercise region, no printed passwords, second factor on")
@context.lang_option
def run(port: int | None, data: Path | None, real: bool, lang: str) -> None:
    """Start a region here: database, queue, web server, workers and sweep; Ctrl-C ends all of it.

    The first start makes the data folder, the keys and the exercise region; later ones keep what is there.
    """
    from region.cli import parts, start
    from region.cli.teller import Teller
    from region.supervisor import StartFailed, Supervisor

    found = replace(context.settings(), demo=not real)
    found = replace(found, data_dir=(data or found.data_dir).absolute())
    found = start.with_port(found if port is None else replace(found, port=port))
    tell = Teller(lang)
    with start.held(found.data_dir):
        start.keep_kind(found)
        welcome = start.prepare(found, tell)
        supervisor = Supervisor(parts.children(found), found.data_dir / "logs", say=tell.line)
        try:
            supervisor.start()
        except StartFailed as failed:
            raise Unready("part-did-not-start", reason=str(failed)) from failed
        tell.block(welcome)
        supervisor.run_forever()
    tell.line(tell.words("Stopped. Everything is kept in {folder}.", folder=found.data_dir))
