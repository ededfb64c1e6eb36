"""Reading pack files: strict YAML, checked shape, parts joined, and what one pack takes over from another."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError

from rules.errors import PackError
from rules.evaluate import Table, compile_table
from rules.schema import PackDocument, Part, plain
from rules.wording import wording_faults

RULES = ("values", "tables", "templates")
SECTIONS = ("sources", *RULES)

Shape = TypeVar("Shape", bound=Part)


class _StrictLoader(yaml.SafeLoader):
    """YAML as people read it: no key twice; `no`, `12:30` and dates stay texts."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.MarkedYAMLError(problem=f"{key.value!r} stands twice", problem_mark=key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


_StrictLoader.yaml_implicit_resolvers = {}  # not those of YAML 1.1
for _tag, _pattern, _first in (
    ("bool", r"(true|false)$", "tf"),
    ("null", r"(null)$|$", ["n", ""]),
    ("int", r"-?(0|[1-9]\d*)$", "-0123456789"),
    ("float", r"-?(0|[1-9]\d*)\.\d+$", "-0123456789"),
):
    _StrictLoader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), list(_first))


def read_yaml(path: Path, name: str) -> dict[str, Any]:
    """The one document of a file, as plain data; raises PackError with the line when it is not clean YAML."""
    try:
        raw = yaml.load(path.read_text(encoding="utf-8"), Loader=_StrictLoader)
        document = plain(raw)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise PackError(name, where, error.problem or "not YAML") from error
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as error:
        raise PackError(name, "", str(error)) from error
    if not isinstance(document, dict):
        raise PackError(name, "", "a pack is a map of id, title, effective, values, tables, templates")
    return document


def parse(shape: type[Shape], document: Mapping[str, Any], origin: str) -> Shape:
    """The document in its checked shape; raises PackError naming the first fault and how many there are."""
    try:
        return shape.model_validate(dict(document))
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False)
        reason = faults[0]["msg"].removeprefix("Value error, ")
        if len(faults) > 1:
            reason += f" (and {len(faults) - 1} more)"
        path = ".".join(str(step) for step in faults[0]["loc"] if step != "[key]")
        raise PackError(origin, path, reason) from error


def compile_part(part: Part, origin: str) -> dict[str, Table]:
    """Compile the tables and check the wording of one file's rules; raises PackError at the exact path."""
    for name, template in part.templates.items():
        for where, reason in wording_faults(template):
            raise PackError(origin, f"templates.{name}.{where}", reason)
    tables = {}
    for name, table in part.tables.items():
        try:
            tables[name] = compile_table(name, table)
        except ValueError as error:
            where, reason = error.args
            raise PackError(origin, f"tables.{name}.{where}", reason) from error
    return tables


def check_sources(document: PackDocument, origin: str) -> None:
    """Every source that a rule names must be described in the pack; raises PackError otherwise."""
    cited: list[tuple[str, list[str]]] = []
    cited += [(f"values.{name}", value.source) for name, value in document.values.items()]
    cited += [(f"tables.{name}", table.source) for name, table in document.tables.items()]
    for name, template in document.templates.items():
        for ground in template.task.legal_ground if template.task else []:
            cited.append((f"templates.{name}.task.legal_ground", ground.source))
    for path, keys in cited:
        for key in keys:
            if key not in document.sources:
                raise PackError(origin, f"{path}.source", f"{key!r} is not described under `sources`")


def joined(main: Mapping[str, Any], part: Mapping[str, Any], origin: str) -> dict[str, Any]:
    """The pack with the rules of a `part_of` file added; a rule may stand in one file only."""
    whole = dict(main)
    for section in SECTIONS:
        ours, theirs = whole.get(section) or {}, part.get(section) or {}
        twice = [
            key for key in theirs if key in ours and not (section == "sources" and ours[key] == theirs[key])
        ]
        if twice:
            raise PackError(origin, f"{section}.{twice[0]}", "stands in another file of this pack too")
        if ours or theirs:
            whole[section] = {**ours, **theirs}
    return whole


def inherited(own: Mapping[str, Any], parent: Mapping[str, Any], origin: str) -> dict[str, Any]:
    """The pack with everything of its parent that it neither overrides (by name) nor withdraws."""
    whole = {key: value for key, value in own.items() if key != "withdraws"}
    for section in SECTIONS:
        whole[section] = {**parent.get(section, {}), **own.get(section, {})}
    for path in own.get("withdraws", []):
        section, _, name = path.partition(".")
        if section not in RULES or name not in parent.get(section, {}) or name in own.get(section, {}):
            raise PackError(origin, "withdraws", f"{path!r} is no rule of the pack {own['extends']}")
        del whole[section][name]
    return whole
