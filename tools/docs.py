"""Writes docs/generated/ from the code: loops, events, flows, capabilities, settings. A test keeps it current."""

from __future__ import annotations

import ast
import dataclasses
import inspect
from itertools import pairwise
from pathlib import Path
from typing import Any

from region import settings
from region.app import AREAS, all_flows
from region.settings import Settings
from region.spine.flow import Flows, step_name
from region.spine.machine import Machine
from region.spine.rulebook import Rulebook

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "generated"
NOTE = "<!-- Made by `python -m tools.docs`; change the code, not this file. -->\n"


def documents() -> dict[str, str]:
    """Each document's name and text."""
    flows, rules = all_flows(), Rulebook.shipped()
    return {
        "machines.md": _page("Closed loops", _machines(rules)),
        "events.md": _page("Events", _events(flows)),
        "flows.md": _page("Flows: what follows from what", _flows(flows)),
        "capabilities.md": _page("Capabilities by role", _capabilities(rules)),
        "settings.md": _page("Settings", _settings()),
    }


def kept(name: str) -> str:
    """A document as it stands in the tree; empty when it is not there."""
    path = FOLDER / name
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _page(title: str, lines: list[str]) -> str:
    return "\n".join([f"# {title}", "", NOTE, *lines]).rstrip() + "\n"


def _machines(rules: Rulebook) -> list[str]:
    told: list[str] = []
    for machine in (machine for area in AREAS for machine in area.machines):
        told += [f"## {machine.name}", "", "```mermaid", machine.mermaid(), "```", ""]
        told += ["| waiting in | limit | how long |", "| --- | --- | --- |"]
        told += [
            f"| {state} | `{limit}` | {_lengths(rules, machine, limit)} |"
            for state, limit in machine.limits.items()
        ]
        told += ["", "| move | from | to | needs |", "| --- | --- | --- | --- |"]
        told += [f"| {move.verb} | {move.source} | {move.target} | `{move.by}` |" for move in machine.moves]
        told.append("")
    return told


def _lengths(rules: Rulebook, machine: Machine, limit: str) -> str:
    if "." in limit:
        return str(rules.duration(machine.pack, limit))
    urgencies = ("flash", "urgent", "priority", "routine")
    return ", ".join(f"{one} {rules.duration(machine.pack, f'{limit}.{one}')}" for one in urgencies)


def _events(flows: Flows) -> list[str]:
    told = ["| event | what happened | facts |", "| --- | --- | --- |"]
    for name, kind in sorted(flows.events.items()):
        own = [one for one in dataclasses.fields(kind) if one.name not in ("place", "incident")]
        facts = ", ".join(f"`{one.name}` {str(one.type).replace('|', 'or')}" for one in own)
        told.append(f"| `{name}` | {_sentence(kind)} | {facts} |")
    return told


def _sentence(thing: Any) -> str:
    return " ".join((inspect.getdoc(thing) or "").split("\n\n")[0].split())


def _flows(flows: Flows) -> list[str]:
    told = ["```mermaid", "flowchart LR"]
    pairs = [(kind.event_name(), step) for kind, found in flows.steps.items() for step in found]
    steps = sorted(pairs, key=lambda pair: (pair[0], step_name(pair[1])))
    for event, step in steps:
        told.append(f'    {event.replace(".", "_")}["{event}"] --> {step_name(step).replace(".", "_")}')
    told += ["```", "", "| when | step | what |", "| --- | --- | --- |"]
    told += [f"| `{event}` | `{step_name(step)}` | {_sentence(step)} |" for event, step in steps]
    told += ["", "| runner | queue | calls slow providers | what |", "| --- | --- | --- | --- |"]
    for name, one in sorted(flows.runners.items()):
        told.append(f"| `{name}` | {one.queue} | {'yes' if one.outside else 'no'} | {_sentence(one.run)} |")
    told += ["", "| recurs | every |", "| --- | --- |"]
    told += [f"| `{plan.runner}` | {plan.interval} |" for area in AREAS for plan in area.schedule]
    return told


def _capabilities(rules: Rulebook) -> list[str]:
    named = rules.value("roles", "capabilities")
    told = ["| role | 角色 | second factor | capabilities |", "| --- | --- | --- | --- |"]
    for name, facts in rules.roles.items():
        held = ", ".join(f"`{one}`" for one in facts["capabilities"])
        told.append(
            f"| {facts['name']['en']} (`{name}`) | {facts['name']['zh']} | {_yes(facts['totp'])} | {held} |"
        )
    told += ["", "| capability | what | 权限 | roles |", "| --- | --- | --- | --- |"]
    for name, words in named.items():
        roles = ", ".join(f"`{role}`" for role in rules.roles if role in rules.roles_that(name))
        told.append(f"| `{name}` | {words['en']} | {words['zh']} | {roles} |")
    return told


def _yes(fact: bool) -> str:
    return "yes" if fact else "no"


def _settings() -> list[str]:
    """Each setting with the sentence that stands below it in region/settings.py."""
    tree = ast.parse(inspect.getsource(settings))
    body = next(node for node in tree.body if isinstance(node, ast.ClassDef)).body
    said = {
        node.target.id: " ".join(str(after.value.value).split())
        for node, after in pairwise(body)
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
        if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
    }
    told = ["| variable | if not set | what |", "| --- | --- | --- |"]
    for one in dataclasses.fields(Settings):
        default = "" if one.default in ("", None, dataclasses.MISSING) else f"`{one.default}`"
        told.append(f"| `REGION_{one.name.upper()}` | {default} | {said[one.name]} |")
    return told


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in documents().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
