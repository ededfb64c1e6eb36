"""What costs the tests time and proves nothing in most of them: slow passwords, and compiling the same again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Engine
from sqlalchemy.util import LRUCache

from region import app
from region.accounts import passwords

QUICK_HASHER = partial(PasswordHasher, time_cost=1, memory_cost=8, parallelism=1)


@contextmanager
def spared(folder: Path) -> Iterator[None]:
    """Passwords are hashed quickly; statements are compiled once for all databases, templates once in `folder`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "PasswordHasher", QUICK_HASHER)
        patch.setattr(app, "connect", Compiled(app.connect))
        patch.setattr(
            Flask,
            "jinja_options",
            {**Flask.jinja_options, "bytecode_cache": FileSystemBytecodeCache(str(folder))},
        )
        passwords.hasher.cache_clear()
        yield
    passwords.hasher.cache_clear()


class Compiled:
    """Connects as the application does, with one store of compiled statements for each kind of database."""

    def __init__(self, connect: Any) -> None:
        self.connect, self.first = connect, dict[str, Engine]()
        self.statements: Any = LRUCache(3000)

    def __call__(self, url: str) -> Engine:
        made: Engine = self.connect(url)
        first = self.first.setdefault(made.dialect.name, made)
        if first.dialect.server_version_info is None:  # it never connected, so it knows nothing to share
            self.first[made.dialect.name] = made
        else:
            made.dialect = first.dialect  # a compiled statement is known by its dialect
        made.update_execution_options(compiled_cache=self.statements)
        return made
