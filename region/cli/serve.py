"""The parts of a region one by one, as systemd runs them: the web server, a worker, the sweep."""

from __future__ import annotations

import logging
import os
import sys

import click

from region.cli import context
from region.settings import Settings
from region.spine.errors import Invalid

QUEUES = ("urgent", "normal", "fanout", "slow")
"""By urgency; what reckons for half a minute has a queue of its own, so that nobody waits behind it."""


def web_argv(found: Settings) -> list[str]:
    """The command of the web server. SIGTERM with open screens takes 30 s without a short grace (STACK.md)."""
    return [
        *(sys.executable, "-m", "gunicorn", "wsgi:app"),
        *("--pythonpath", str(context.ROOT)),
        *("--bind", f"{found.host}:{found.port}"),
        *("--worker-class", "region.cli.patience.PatientWorker"),
        *("--workers", str(found.web_workers), "--threads", str(found.web_threads)),
        *("--graceful-timeout", "3"),
        "--no-control-socket",
        *("--log-level", "warning"),
    ]


@click.command()
def web() -> None:
    """The web server, on REGION_HOST and REGION_PORT."""
    argv = web_argv(context.settings())
    os.execv(argv[0], argv)


@click.command()
@click.option("--queues", default=",".join(QUEUES), help="what it works on, the most urgent first")
def worker(queues: str) -> None:
    """One worker. It outlives a Redis that stops and comes back, and finishes its job before it ends."""
    names = [name.strip() for name in queues.split(",")]
    unknown = sorted(set(names) - set(QUEUES))
    if unknown:
        raise Invalid("no-such-queue", field="--queues", queue=",".join(unknown), known=",".join(QUEUES))
    from region.spine.bell import RedisBell
    from region.spine.crew import work_forever
    from region.supervisor import die_with_parent

    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    found = context.settings()
    _needs_redis(found)
    work_forever(context.office(found), RedisBell(found.redis_url), names, before_job=die_with_parent)


@click.command()
def sweep() -> None:
    """The sweep: owes what recurs, finds what is due, takes back what dead workers held."""
    from region.app import AREAS
    from region.spine.bell import RedisBell
    from region.spine.schedule import owe_scheduled
    from region.spine.work import Office
    from region.spine.worker import sweep_forever

    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    found = context.settings()
    _needs_redis(found)
    plans = [plan for area in AREAS for plan in area.schedule]
    last: dict[str, int] = {}

    def before_each(office: Office) -> None:
        if isinstance(office.bell, RedisBell):
            office.bell.sweep_seen(office.clock.instant())
        owe_scheduled(office, plans, last)

    sweep_forever(context.office(found), before_each)


def _needs_redis(found: Settings) -> None:
    if not found.redis_url:
        raise Invalid("no-redis-url", field="REGION_REDIS_URL")
