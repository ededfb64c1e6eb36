"""`region doctor`: one screen that says what is well, what is not, and how to mend it."""

from __future__ import annotations

import sys

import click

from region.cli import context
from region.spine import i18n


@click.command()
@context.lang_option
def doctor(lang: str) -> None:
    """Look at this installation; exit 1 when something is wrong."""
    from region.cli import checks_machine, checks_services

    found = context.settings()
    findings = [*checks_machine.look(found), *checks_services.look(found)]
    for finding in findings:
        told = i18n.translate(lang, finding.told, **finding.facts)
        click.echo(f"{'✓' if finding.well else '▲'} {i18n.translate(lang, finding.what)}: {told}")
        if not finding.well and finding.mend:
            click.echo(f"    → {i18n.translate(lang, finding.mend, **finding.facts)}")
    wrong = sum(not finding.well for finding in findings)
    click.echo(i18n.translate(lang, "{wrong} of {all} need a hand.", wrong=wrong, all=len(findings)))
    sys.exit(1 if wrong else 0)
