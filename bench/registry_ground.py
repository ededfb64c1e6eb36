"""A registry of a million invented persons for measurements, each with name, number and telephone in the vault.

Closed and marked by the product's own means, then handed to PostgreSQL by COPY.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection

from bench.filling import filling
from bench.stay_ground import NOW, Made
from region.people.actions.registering import lock_of
from region.people.marks import marks_of
from region.people.models import Person, Secret
from region.people.vault import Lock, mark_of
from region.spine.installation import Installation
from tests.region.sampling.ground import resident
from tests.world import World

NAMES = "王李张刘陈杨黄赵吴周", "小明丽华建国芳伟静雨桐"
FIRST_PHONE = 13_900_000_000


def name(n: int) -> str:
    """The name of the n-th person."""
    family, given = NAMES
    return family[n % 10] + given[n // 10 % 11] + given[n // 110 % 11]


def phone(n: int) -> str:
    """The telephone of the n-th person."""
    return str(FIRST_PHONE + n)


def uid(n: int) -> str:
    """The uid of the n-th person."""
    return f"01900000-0000-7000-8000-{n:012x}"


def fill(world: World, made: Made) -> None:
    """The persons of the communities, and what the vault holds of them on the ground of the incident."""
    with world.as_system() as w:
        lock = lock_of(w, made.incident)
    here = world.office.installation
    homes = [place.id for place in made.homes]

    def person(n: int) -> Sequence[Any]:
        mark = mark_of(here, "resident", resident(n))
        return n, 0, uid(n), homes[n % len(homes)], "resident", mark, NOW

    def secret(n: int) -> Sequence[Any]:
        return n, lock.key_id, 0, homes[n % len(homes)], *_closed(lock, n), *_marks(here, n)

    with filling(world.office.engine) as connection:
        own = ("id", "realm", "uid", "place_id", "kind", "mark", "made_at")
        _copy(connection, Person.__tablename__, own, person, made.persons)
        kept = ("person_id", "key_id", "realm", "place_id", "name", "number", "phone")
        marks = ("number_mark", "phone_mark", "name_mark", "born_mark")
        _copy(connection, Secret.__tablename__, (*kept, *marks), secret, made.persons)


def _closed(lock: Lock, n: int) -> Iterator[bytes]:
    for field, text in (("name", name(n)), ("number", resident(n)), ("phone", phone(n))):
        yield lock.close(uid(n), field, text)


def _marks(here: Installation, n: int) -> Iterator[bytes | None]:
    found = marks_of(here, "resident", resident(n), name(n), phone(n), None)
    return iter(found.values())


def _copy(
    connection: Connection,
    table: str,
    columns: Sequence[str],
    row: Callable[[int], Sequence[Any]],
    number: int,
) -> None:
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
        for n in range(1, number + 1):
            copy.write_row(row(n))
