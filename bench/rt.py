"""R of 2,500 areas, 120 days each, against one area and window at a time, and R's own where it is installed.

`python -m bench.rt`: CPU seconds; the plain way is SciPy called for each window, as a program without arrays does.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from shutil import which

import numpy as np
from scipy import stats

from region.surveillance.detect.reproduction import QUANTILES, Array, Cori, Serial, estimate
from region.surveillance.detect.series import Panel

AREAS, DAYS, WANTED = 2500, 120, 40.0
SERIAL = Serial.gamma(8.4, 3.8)
SCRIPT = """
suppressMessages(library(EpiEstim)); x <- jsonlite::fromJSON(file("stdin"))
t <- system.time(for (i in seq_len(nrow(x))) suppressWarnings(suppressMessages(estimate_R(x[i,],
  method="parametric_si", config=make_config(list(mean_si=8.4, std_si=3.8))))))
cat(t[["user.self"]])
"""


def plain(cases: Array) -> int:
    """The same windows one after the other; returns how many."""
    weights, done = SERIAL.over(DAYS), 0
    for last in range(7, DAYS):
        pushed = sum(float(cases[:t] @ weights[t:0:-1]) for t in range(last - 6, last + 1))
        shape, scale = 1 + float(cases[last - 6 : last + 1].sum()), 1 / (0.2 + pushed)
        for level in QUANTILES:
            stats.gamma.ppf(level, shape, scale=scale)
        done += 1
    return done


def of_r(cases: Array) -> float | None:
    """CPU seconds of R for these areas, or None where it is not installed."""
    program = which("Rscript")
    if program is None:
        return None
    told = subprocess.run(
        [program, "-e", SCRIPT], input=json.dumps(cases.tolist()), text=True, capture_output=True, check=False
    )
    return float(told.stdout) if told.returncode == 0 and told.stdout.strip() else None


def main() -> int:
    """0 if the ratio that was wanted is met, by R where it is here and by the plain way where not."""
    cases = np.random.default_rng(2).poisson(8, size=(AREAS, DAYS)).astype(float)
    panel = Panel(cases, np.arange(DAYS), 365, tuple(map(str, range(AREAS))))
    begun = time.process_time()
    found = estimate(panel, SERIAL, Cori())
    ours = (time.process_time() - begun) / found.mean.size
    begun = time.process_time()
    done = plain(cases[0])
    theirs = (time.process_time() - begun) / done
    print(f"R of {AREAS} areas x {found.mean.shape[1]} windows: {1 / ours:,.0f} windows/s of CPU time")
    print(f"  one window at a time: {1 / theirs:,.0f}/s, ratio {theirs / ours:.0f}")
    some = 25
    reference = of_r(cases[:some])
    if reference is None:
        print("  R is not installed here: the ratio to the reference could not be measured.")
        return int(theirs / ours < WANTED)
    ratio = reference / (some * found.mean.shape[1]) / ours
    print(f"  ratio to R: {ratio:.0f} (wanted {WANTED:.0f})")
    return int(ratio < WANTED)


if __name__ == "__main__":
    sys.exit(main())
