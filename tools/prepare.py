"""Make the virtual environment from the locks: `prepare.py runtime` to run, `prepare.py dev` to work on it.

Run by make with the machine's own Python, so only the standard library is used here.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from steps import ROOT, StepFailed, call, step, stop_with

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
UV = VENV / "bin" / "uv"
LOCKS = {"runtime": ROOT / "requirements.lock", "dev": ROOT / "requirements-dev.lock"}
OLDEST = (3, 11)


def stamp(kind: str) -> Path:
    """The file that make looks at to see whether the environment is newer than its lock."""
    return VENV / f".{kind}-is-ready"


def pin_of(package: str, lock: Path) -> str:
    """The lines of one package in a lock: its version and digests."""
    lines = lock.read_text(encoding="utf-8").splitlines()
    first = next(n for n, line in enumerate(lines) if line.startswith(f"{package}=="))
    after = (n for n in range(first + 1, len(lines)) if not lines[n].startswith("    --hash"))
    return "\n".join(lines[first : next(after, len(lines))]).rstrip(" \\") + "\n"


def venv_works() -> bool:
    """Whether the environment has a Python that still starts, is new enough, and a pip."""
    if not PYTHON.exists():
        return False
    question = f"import sys, pip; sys.exit(sys.version_info < {OLDEST})"
    return subprocess.run([str(PYTHON), "-c", question], capture_output=True, check=False).returncode == 0


def how_to_get_venv() -> str:
    """The one line that mends a Python without venv, for this machine's packages."""
    if shutil.which("apt-get"):
        return f"sudo apt-get install python{sys.version_info.major}.{sys.version_info.minor}-venv"
    if shutil.which("dnf"):
        return "sudo dnf install python3 python3-pip"
    return "install a Python with venv and ensurepip, and name it: make PYTHON=/path/to/python3"


def make_venv() -> None:
    """Make the environment anew if it is missing or broken."""
    if venv_works():
        return
    if sys.version_info < OLDEST:
        raise StepFailed("Python 3.11 or newer is needed; name one with: make PYTHON=/path/to/python3.11")
    if any(importlib.util.find_spec(name) is None for name in ("venv", "ensurepip")):
        raise StepFailed(
            f"This Python cannot make virtual environments. Mend it with:\n  {how_to_get_venv()}"
        )
    with step(f"virtual environment, Python {sys.version.split()[0]}"):
        call([sys.executable, "-m", "venv", "--clear", str(VENV)])


def install_uv(lock: Path) -> None:
    """Install by pip the one version of uv that the lock names, unless it is there."""
    pin = pin_of("uv", lock)
    version = pin.split("==")[1].split()[0]
    if UV.exists() and call([str(UV), "--version"]).split()[1] == version:
        return
    with step(f"installer, uv {version}"), tempfile.TemporaryDirectory() as folder:
        requirement = Path(folder) / "uv.txt"
        requirement.write_text(pin, encoding="utf-8")
        options = ["--quiet", "--disable-pip-version-check", "--require-hashes", "--no-deps"]
        call([str(PYTHON), "-m", "pip", "install", *options, "-r", str(requirement)])


def install_packages(lock: Path) -> None:
    """Make the environment hold exactly what the lock lists, and the project itself, editable."""
    env = {**os.environ, "VIRTUAL_ENV": str(VENV)}
    with step(f"packages of {lock.name}"):
        call([str(UV), "pip", "sync", "--require-hashes", str(lock)], env)
    with step("the project itself"):
        options = ["--no-deps", "--no-build-isolation", "--offline"]
        call([str(UV), "pip", "install", *options, "--editable", str(ROOT)], env)


def prepare(kind: str) -> None:
    """Bring the environment to what `kind` needs; one that has the developer's tools keeps them."""
    make_venv()
    if stamp("dev").exists():
        kind = "dev"
    for known in LOCKS:
        stamp(known).unlink(missing_ok=True)
    install_uv(LOCKS[kind])
    install_packages(LOCKS[kind])
    stamp("runtime").touch()
    if kind == "dev":
        stamp("dev").touch()


def main() -> int:
    kind = sys.argv[1] if len(sys.argv) == 2 else ""
    if kind not in LOCKS:
        return stop_with(f"Say which: {' or '.join(LOCKS)}")
    try:
        prepare(kind)
    except StepFailed as reason:
        return stop_with(reason)
    return 0


if __name__ == "__main__":
    sys.exit(main())
