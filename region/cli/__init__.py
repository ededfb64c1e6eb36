"""The command line: `region VERB`. A verb's module is imported when it is called, so that help is quick."""

from __future__ import annotations

import importlib
import sys
from typing import Any

import click

from region.spine.errors import Fault

COMMANDS = {
    "run": ("region.cli.run:run", "set up what is missing and run a region on this machine"),
    "load": ("region.cli.load:load", "load areas or sites from files"),
    "places": ("region.cli.places:places", "rare changes to places: merge one site into another"),
    "exercise": ("region.cli.exercise:exercise", "load and play the exercise region"),
    "detect": ("region.cli.detect:detect", "judge the series of a table by a method of early warning"),
    "scan": ("region.cli.scan:scan", "find clusters of cases in space and time"),
    "rt": ("region.cli.rt:rt", "estimate how many people one case infects, day by day"),
    "nowcast": ("region.cli.rt:nowcast", "complete the latest days for late reports"),
    "doctor": ("region.cli.doctor:doctor", "one screen: what is well, what is not, and how to mend it"),
    "account": ("region.cli.accounts:account", "make the first administrator"),
    "errands": ("region.cli.errands:errands", "see owed work that failed, and put it back to work"),
    "backup": (
        "region.cli.backup:backup",
        "write the database and the files to one archive, the keys to another",
    ),
    "restore": ("region.cli.backup:restore", "bring an archive back into an empty place"),
    "db": ("region.cli.db:db", "bring the database up to date, or check that it is"),
    "web": ("region.cli.serve:web", "the web server alone (systemd runs this)"),
    "worker": ("region.cli.serve:worker", "one worker alone (systemd runs this)"),
    "mllp": ("region.cli.mllp:mllp", "hear analysers alone: results as HL7 over MLLP (systemd runs this)"),
    "sweep": ("region.cli.serve:sweep", "the sweep alone, which finds what is due (systemd runs this)"),
}
DATABASE_AWAY = 6  # the exit code of Unready


class Verbs(click.Group):
    """Finds a verb's command when it is wanted, and shows a fault as one line with its exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name][0].split(":")
        found: click.Command = getattr(importlib.import_module(module), name)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Verbs"):
            formatter.write_dl([(name, words) for name, (_, words) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Fault as fault:
            from region.cli import context

            click.echo(f"region: {context.fault_line(fault)}", err=True)
            sys.exit(fault.exit_code)
        except Exception as error:
            if type(error).__module__ != "sqlalchemy.exc" or not hasattr(error, "orig"):
                raise
            reason = str(error.orig).strip().splitlines()[0]
            click.echo(f"region: database: {type(error).__name__}: {reason}", err=True)
            sys.exit(DATABASE_AWAY)


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """WiNEX Region: regional public-health command.

    Settings are environment variables REGION_…; docs/operators.md lists them.
    """
