"""All benchmarks, or those named: `make bench`, `make bench ARGS="fanout board"`. Each prints its own figures."""

from __future__ import annotations

import subprocess
import sys

BENCHES = {
    "errands": ["bench.errands"],
    "fanout": ["bench.fanout"],
    "fanout-fast": ["bench.fanout", "--latency", "0", "--hang", "0"],
    "chaos": ["bench.chaos"],
    "failover": ["bench.failover"],
    "board": ["bench.board"],
    "links": ["bench.links"],
    "supplies": ["bench.supplies"],
    "field": ["bench.field"],
    "results": ["bench.results"],
    "linjiang_rounds": ["bench.linjiang_rounds"],
    "farrington": ["bench.farrington"],
    "scan": ["bench.scan"],
    "rt": ["bench.rt"],
    "nightly_detection": ["bench.nightly_detection"],
    "plan": ["bench.plan"],
    "round_board": ["bench.round_board"],
    "contact_import": ["bench.contact_import"],
    "quarantine_lists": ["bench.quarantine_lists"],
    "stay_batches": ["bench.stay_batches"],
    "quarantine_night": ["bench.quarantine_night"],
}


def main(names: list[str]) -> int:
    """Run each in a process of its own, one after the other; exit 1 if one failed or is not known."""
    unknown = [name for name in names if name not in BENCHES]
    if unknown:
        print(f"No such benchmark: {', '.join(unknown)}. There are: {', '.join(BENCHES)}", file=sys.stderr)
        return 1
    bad = 0
    for name in names or BENCHES:
        print(f"\n== {name}", flush=True)
        bad |= subprocess.run([sys.executable, "-m", *BENCHES[name]], check=False).returncode != 0
    return int(bad)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
