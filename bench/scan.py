"""The prospective scan of a region, 2,500 areas x 60 days, 3,000 cases, 999 replicates: `python -m bench.scan`."""

from __future__ import annotations

import resource
import sys
import time

import numpy as np

from region.surveillance.detect.scan import Scan, plane, scan

AREAS, DAYS, CASES, LIMIT = 2500, 60, 3000, 4.0


def main() -> int:
    """Seconds in full and with early stop, and p by rank and by Gumbel; 1 if over the limit."""
    rng = np.random.default_rng(1)
    distance = plane(rng.uniform(0, 500, AREAS), rng.uniform(0, 500, AREAS))
    counts = np.bincount(rng.integers(AREAS * DAYS, size=CASES), minlength=AREAS * DAYS).reshape(AREAS, DAYS)
    people = np.ones(AREAS)
    scan(counts[:50], distance[:50, :50], Scan(replicates=1), people[:50])  # the loop is compiled once
    took = []
    for stop in (0, 50):
        begun = time.perf_counter()
        found = scan(counts, distance, Scan(max_share=0.05, stop_after=stop), people)
        took.append(time.perf_counter() - begun)
        top = found.clusters[0]
        print(
            f"stop after {stop or 'none'}: {len(found.maxima)} replicates, {took[-1]:.2f} s, p {top.p:.3f}, ",
            end="",
        )
        print(f"Gumbel {top.gumbel:.3f}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"peak memory {peak:.2f} GiB (limit 1)")
    print(f"wanted under {LIMIT:.0f} s in full: {'met' if took[0] < LIMIT else 'NOT MET'}")
    return int(took[0] >= LIMIT or peak > 1)


if __name__ == "__main__":
    sys.exit(main())
