"""What the doctor looks at around the region: database, clock, owed work, Redis, workers, the sweep."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from region.cli import context
from region.cli.findings import Finding, _
from region.cli.parts import QUEUE_ADDRESS
from region.cli.serve import QUEUES
from region.settings import Settings
from region.spine import errands, migrate
from region.spine.actor import system_actor
from region.spine.bell import RedisBell
from region.spine.db import connect
from region.spine.work import Office

MOST_SKEW = timedelta(seconds=2)  # leases are compared across machines
MOST_WAITING = timedelta(minutes=2)  # an errand due for longer means that nobody works
MOST_QUIET = timedelta(seconds=15)  # of the sweep, which leaves a sign each second


def look(found: Settings) -> Iterator[Finding]:
    """All findings about the services, in the order in which they are shown."""
    yield from _database(found)
    yield from _redis(found)


def _database(found: Settings) -> Iterator[Finding]:
    engine = connect(found.database)
    facts: dict[str, object] = {"kind": engine.dialect.name, "head": ",".join(migrate.heads())}
    try:
        if engine.dialect.name == "sqlite" and not (found.data_dir.is_dir()):
            yield Finding(_("database"), False, _("none yet"), _("region run, or region db upgrade"), facts)
            return
        facts["here"] = migrate.revision(engine) or "-"
    except SQLAlchemyError as error:
        facts["reason"] = type(error).__name__
        mend = _("is it running, and is REGION_DATABASE_URL right?")
        yield Finding(_("database"), False, _("{kind} does not answer: {reason}"), mend, facts)
        return
    finally:
        engine.dispose()
    well = facts["here"] == facts["head"]
    yield Finding(
        _("database"), well, _("{kind} at revision {here}, newest {head}"), _("region db upgrade"), facts
    )
    if well:
        office = context.office(found)
        yield _clock(office)
        yield from _owed(office)
        office.engine.dispose()


def _clock(office: Office) -> Finding:
    """SQLite has no clock of its own: it asks this machine."""
    skew = timedelta(0)
    if office.engine.dialect.name == "postgresql":
        with office.engine.connect() as connection:
            theirs: datetime = connection.exec_driver_sql("select clock_timestamp()").scalar_one()
        skew = abs(office.clock.instant() - theirs.astimezone(UTC))
    facts = {"seconds": f"{skew.total_seconds():.1f}"}
    mend = _("set both clocks by one time server (chrony or systemd-timesyncd)")
    return Finding(_("clock"), skew <= MOST_SKEW, _("{seconds} s from the database's"), mend, facts)


def _owed(office: Office) -> Iterator[Finding]:
    now = office.clock.instant()
    with office.work(system_actor(), reading=True) as w:
        dead, oldest = errands.count_dead(w.session), errands.oldest_due(w.session, now)
    mend = _("region errands dead; mend the reason; region errands revive --all")
    yield Finding(_("dead errands"), not dead, "{count}", mend, {"count": dead})
    waited = now - oldest if oldest else timedelta(0)
    told = _("oldest due for {seconds} s") if oldest else _("nothing waits")
    facts = {"seconds": int(waited.total_seconds())}
    mend = _("nobody works: start region worker and region sweep")
    yield Finding(_("owed work"), waited <= MOST_WAITING, told, mend, facts)


def _redis(found: Settings) -> Iterator[Finding]:
    embedded = found.data_dir / QUEUE_ADDRESS
    url = found.redis_url or (embedded.read_text(encoding="utf-8") if embedded.exists() else "")
    if not url:
        told = _("no REGION_REDIS_URL, and region run never started one here")
        yield Finding(_("Redis"), False, told, _("region run"))
        return
    bell = RedisBell(url)
    try:
        version = bell.redis.info("server")
        yield Finding(_("Redis"), True, _("version {version}"), facts={"version": _version(version)})
        yield _workers(bell)
        yield _sweep(bell, context.office(found))
    except RedisError as error:
        mend = _("start it (region run brings its own); owed work waits in the database")
        facts = {"reason": type(error).__name__}
        yield Finding(_("Redis"), False, _("does not answer: {reason}"), mend, facts)


def _version(info: Any) -> str:
    return str(info.get("valkey_version") or info.get("redis_version"))


def _workers(bell: RedisBell) -> Finding:
    from rq import Queue, Worker
    from rq.serializers import JSONSerializer

    seen = Worker.all(connection=bell.redis, serializer=JSONSerializer)
    worked = {name for worker in seen for name in worker.queue_names()}
    waiting = {name: Queue(name, connection=bell.redis, serializer=JSONSerializer).count for name in QUEUES}
    lacking = [name for name in QUEUES if name not in worked]
    facts = {
        "count": len(seen),
        "waiting": ", ".join(f"{name} {number}" for name, number in waiting.items()),
        "names": ", ".join(lacking),
    }
    told = _("{count} seen; rings waiting: {waiting}")
    if lacking:
        told = _("{count} seen, none for {names}; rings waiting: {waiting}")
    return Finding(_("workers"), not lacking, told, _("start region worker (region-worker@1)"), facts)


def _sweep(bell: RedisBell, office: Office) -> Finding:
    last = bell.last_sweep()
    office.engine.dispose()
    if last is None:
        return Finding(_("sweep"), False, _("never seen"), _("start region sweep"))
    quiet = office.clock.instant() - last
    facts = {"seconds": int(quiet.total_seconds())}
    return Finding(_("sweep"), quiet <= MOST_QUIET, _("{seconds} s ago"), _("start region sweep"), facts)
