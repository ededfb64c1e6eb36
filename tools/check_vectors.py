"""Compare the detectors with reference results beside this project, and say exactly what was compared.

The reference results (../shared/vectors, made with R) are not part of the project: its own tests carry small
vectors of their own. Each algorithm has one entry in `COMPARERS`; what has none is listed as not compared.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

VECTORS = Path(__file__).resolve().parent.parent.parent / "shared" / "vectors"
#: Folders of inputs that results refer to, no results themselves.
INPUTS = {"series", "scenario"}
#: Algorithm (a folder of reference results) -> compares one file; returns what differs, in sentences.
COMPARERS: dict[str, Callable[[Path], list[str]]] = {}


def reference_files(folder: Path) -> dict[str, list[Path]]:
    """The reference results under `folder`, by algorithm."""
    groups = (path for path in sorted(folder.iterdir()) if path.is_dir() and path.name not in INPUTS)
    return {group.name: sorted(group.glob("*.json")) for group in groups}


def compare(algorithm: str, files: list[Path]) -> Counter[str]:
    """Compare all files of one algorithm, print one line and each difference; counts by outcome."""
    comparer = COMPARERS.get(algorithm)
    if comparer is None:
        print(f"  {algorithm:<22} {len(files):>3} files   not compared: no comparison is written for it")
        return Counter({"not compared": len(files)})
    differences = {file.name: comparer(file) for file in files}
    differing = {name: found for name, found in differences.items() if found}
    print(f"  {algorithm:<22} {len(files):>3} files   {len(files) - len(differing)} equal")
    for name, found in differing.items():
        print("".join(f"    {name}: {sentence}\n" for sentence in found), end="")
    return Counter({"equal": len(files) - len(differing), "different": len(differing)})


def main(folder: Path = VECTORS) -> int:
    """Exit code 1 if anything differs, or if a comparison is written and finds no files."""
    if not folder.is_dir():
        print("check-vectors: there are no reference results beside this project; nothing was compared.")
        return 0
    files = reference_files(folder)
    print("check-vectors: detectors against reference results")
    total: Counter[str] = sum((compare(name, found) for name, found in files.items()), Counter())
    lost = sorted(name for name in COMPARERS if not files.get(name))
    if lost:
        print(f"  no reference results were found for: {', '.join(lost)}")
    outcome = ", ".join(f"{total[word]} {word}" for word in ("equal", "different", "not compared"))
    print(f"check-vectors: {outcome}")
    return 1 if total["different"] or lost else 0


if __name__ == "__main__":
    sys.exit(main())
