"""The code as the promises look at it: its files, their syntax trees, and what they call."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
PARTS = ("region", "maps", "rules", "migrations")


@cache
def python_files(*parts: str) -> tuple[Path, ...]:
    """All Python files of these parts of the tree (default: what is shipped), by name."""
    return tuple(sorted(path for part in parts or PARTS for path in (ROOT / part).rglob("*.py")))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def short(path: Path) -> str:
    """A file's name from the root of the tree on."""
    return path.relative_to(ROOT).as_posix()


def nodes(path: Path, *kinds: type[ast.AST]) -> Iterator[ast.AST]:
    return (node for node in ast.walk(tree(path)) if isinstance(node, kinds))


def called(node: ast.Call) -> str:
    """The last word of what is called: ``commit`` of ``session.commit()``."""
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def where(path: Path, node: ast.AST) -> str:
    return f"{short(path)}:{getattr(node, 'lineno', 0)}"
