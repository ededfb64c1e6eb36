"""The bell: after a commit Redis is rung, so that owed work starts at once and open screens hear of it."""

from __future__ import annotations

import json
import logging
from datetime import datetime

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from rq.serializers import JSONSerializer

log = logging.getLogger(__name__)

TICKS = "region:ticks"
WAITING_RINGS = 4
SWEPT = "region:swept"


class RedisBell:
    """Rings RQ queues and the ticks channel. When Redis is away the sweep does the same within seconds."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.redis = Redis.from_url(url, socket_timeout=1.0, socket_connect_timeout=0.5)

    def ring(self, queues: set[str]) -> None:
        """Ask a worker to look at these queues; a few rings waiting are enough for any amount of work."""
        for name in queues:
            try:
                queue = Queue(name, connection=self.redis, serializer=JSONSerializer)
                if queue.count < WAITING_RINGS:
                    queue.enqueue(
                        "region.spine.worker.drain", name, result_ttl=0, failure_ttl=60, job_timeout=3600
                    )
            except RedisError as away:
                log.warning("bell not rung: %s", type(away).__name__)
                return

    def tick(self, realm: int, entry_id: int) -> None:
        """Tell the screens that the journal of a realm went on."""
        try:
            self.redis.publish(TICKS, json.dumps({"realm": realm, "entry": entry_id}))
        except RedisError as away:
            log.warning("screens not told: %s", type(away).__name__)

    def sweep_seen(self, instant: datetime) -> None:
        """Leave a sign that the sweep lives, for `region doctor`."""
        try:
            self.redis.set(SWEPT, instant.isoformat())
        except RedisError as away:
            log.warning("sign of the sweep not left: %s", type(away).__name__)

    def last_sweep(self) -> datetime | None:
        """When the sweep left its last sign; None when Redis knows of none."""
        found = self.redis.get(SWEPT)
        return datetime.fromisoformat(found.decode()) if isinstance(found, bytes) else None
