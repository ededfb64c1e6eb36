"""Files of at most 300 lines, functions of 40, actions of 25, and a sentence at the beginning of each module.

What does not fit on two screens is not read, and what is not read is not mended. An action is what somebody
answers for; it must be seen whole. The sentence says in the words of the domain what a file is for: who
cannot write it has put two things into one file.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.promises.code import ROOT, nodes, python_files, short, tree, where

MOST_OF_FILE, MOST_OF_FUNCTION, MOST_OF_ACTION = 300, 40, 25
SHIPPED = [path for path in python_files() if "versions" not in path.parts]  # a migration is written once


def length(node: ast.AST) -> int:
    """Lines of the body, the docstring aside: neither explaining more nor naming what is taken is a fault."""
    assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    body = node.body[1:] if ast.get_docstring(node) else node.body
    return (node.end_lineno or 0) - body[0].lineno + 1 if body else 0


def is_action(path: Path) -> bool:
    return "actions" in (path.parent.name, path.stem)


def test_files_fit() -> None:
    files = [*SHIPPED, *python_files("tests", "tools")]
    long = {
        short(path): n for path in files if (n := len(path.read_text("utf-8").splitlines())) > MOST_OF_FILE
    }
    assert not long


def test_functions_fit() -> None:
    long = {
        where(path, node): length(node)
        for path in SHIPPED
        for node in nodes(path, ast.FunctionDef, ast.AsyncFunctionDef)
        if length(node) > (MOST_OF_ACTION if is_action(path) else MOST_OF_FUNCTION)
    }
    assert not long


@pytest.mark.parametrize("part", ["region", "maps", "rules", "migrations", "tests", "tools"])
def test_every_module_begins_with_a_sentence(part: str) -> None:
    silent = []
    for path in python_files(part):
        first = (ast.get_docstring(tree(path)) or "").split("\n\n")[0]
        if len(first.split()) < 3 or not first.rstrip().endswith((".", ":", "?")):
            silent.append(short(path))
    assert not silent


def test_no_names_that_say_nothing() -> None:
    """A file called utils takes in whatever has no place, until everything depends on it."""
    empty = {"utils", "util", "helpers", "helper", "common", "manager", "misc", "base_utils"}
    assert not [short(path) for path in python_files() if path.stem in empty or path.parent.name in empty]


def test_what_people_meet_is_in_the_tree() -> None:
    for name in ("Makefile", "LICENSE", "setup.cfg", "deploy/region.env.example", "docs/operators.md"):
        assert (ROOT / name).exists(), name
