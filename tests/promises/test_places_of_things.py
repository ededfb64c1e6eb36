"""Some things may stand in few places only, so that who looks for them finds all of them.

One commit: a work is a whole, and nobody ends it early. No text() and no Core tables: they would pass by the
filter of jurisdiction. No now(): an exercise has a clock of its own. No environment: settings are read once.
No current_app in areas: what they do must work from a job and the command line as well.
"""

from __future__ import annotations

import ast

from tests.promises.code import called, nodes, python_files, short, where

# Where a thing may stand, by the beginning of the file's name, with the reason.
COMMITS = ("region/spine/work.py",)
RAW_SQL = ("region/spine/", "migrations/")
TABLES = (*RAW_SQL, "region/dispatch/models/")  # its `within` joins three tables on purpose
CLOCKS = ("region/spine/clock.py",)
ENVIRONMENT = (
    "region/settings.py",
    "region/supervisor.py",
)  # the supervisor hands its own on to its children
APPS = ("region/spine/web.py",)


def misplaced(word: str, allowed: tuple[str, ...], kinds: tuple[type[ast.AST], ...]) -> list[str]:
    found = []
    for path in python_files():
        if short(path).startswith(allowed):
            continue
        for node in nodes(path, *kinds):
            named = {
                ast.Call: lambda n: called(n),
                ast.Attribute: lambda n: n.attr,
                ast.Name: lambda n: n.id,
                ast.alias: lambda n: n.name,
            }[type(node)](node)
            if named == word:
                found.append(where(path, node))
    return found


def test_there_is_one_commit() -> None:
    calls = [
        where(path, node)
        for path in python_files()
        for node in nodes(path, ast.Call)
        if isinstance(node, ast.Call) and called(node) == "commit"
    ]
    assert len(calls) == 1 and calls[0].startswith(COMMITS), calls


def test_no_raw_sql_outside_the_spine() -> None:
    assert not misplaced("text", RAW_SQL, (ast.alias,))
    # The health check and the doctor ask the server itself, not for anybody's rows.
    servers = ("region/app.py", "region/cli/checks_services.py")
    assert not misplaced("exec_driver_sql", (*RAW_SQL, *servers), (ast.Call,))


def test_no_core_tables_outside_the_spine() -> None:
    assert not misplaced("__table__", TABLES, (ast.Attribute,))
    assert not misplaced("metadata", (*RAW_SQL, "region/cli/checks_machine.py"), (ast.Attribute,))


def test_the_machine_is_asked_for_the_time_in_one_place() -> None:
    asked = [
        where(path, node)
        for path in python_files()
        if not short(path).startswith(CLOCKS)
        for node in nodes(path, ast.Call)
        if isinstance(node, ast.Call) and called(node) in ("now", "today", "utcnow", "time")
        if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name)
        if node.func.value.id in ("datetime", "date", "time")
    ]
    assert not asked


def test_the_environment_is_read_in_one_place() -> None:
    for word in ("environ", "getenv"):
        assert not misplaced(word, ENVIRONMENT, (ast.Attribute, ast.alias))


def test_areas_do_not_ask_for_the_app() -> None:
    found = misplaced("current_app", APPS, (ast.Name, ast.alias))
    assert not [one for one in found if "/routes" not in one], "only an area's routes are of the web"
