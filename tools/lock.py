"""Write the locks: every package to install, its version and digests, and no address it came from."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UV = ROOT / ".venv" / "bin" / "uv"
COMMON = [
    "--universal",
    "--python-version=3.11",
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--custom-compile-command=make lock",
    "--quiet",
]
RUNTIME, DEVELOPER, NODE = "requirements.lock", "requirements-dev.lock", "requirements-node.lock"
#: The developer's lock is held to the runtime's pins, so that what is tested is what is run.
LOCKS = {
    RUNTIME: ["setup.cfg", "tools/build.in"],
    DEVELOPER: ["setup.cfg", "tools/build.in", "--extra=dev", f"--constraints={RUNTIME}"],
    NODE: ["tools/node.in"],
}


def compile_lock(name: str, sources: list[str], upgrade: bool) -> None:
    """Compile one lock; without `upgrade` pins that still fit are kept."""
    choice = ["--upgrade"] if upgrade else []
    command = [str(UV), "pip", "compile", *sources, *COMMON, *choice, "-o", name]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    pins = sum("==" in line for line in (ROOT / name).read_text().splitlines())
    print(f"{name}: {pins} packages", flush=True)


def main() -> int:
    upgrade = "--upgrade" in sys.argv[1:]
    for name, sources in LOCKS.items():
        compile_lock(name, sources, upgrade)
    return 0


if __name__ == "__main__":
    sys.exit(main())
