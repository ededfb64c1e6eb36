"""What one may set in Farrington's detector: the options, named as in the R package's control list."""

from __future__ import annotations

from dataclasses import dataclass

from region.surveillance.detect.calendar import BadSeries
from region.surveillance.detect.series import Control

#: Names by which the reference calls its fitting functions; here they only say whether populations count.
FIT_PLAIN = ("algo.farrington.fitGLM.flexible", "algo.farrington.fitGLM", "algo.farrington.fitGLM.fast")
FIT_POPULATION = "algo.farrington.fitGLM.populationOffset"
POWERS = ("2/3", "1/2", "none")
THRESHOLDS = ("delta", "nbPlugin", "muan")


@dataclass(frozen=True)
class FarringtonControl(Control):
    """The options of both detectors; times are counted in steps of the series (weeks, months).

    ``b`` years back; ``w`` half width of the window around the same week of each year; ``noPeriods`` seasons
    of a year (1: only the windows are used); ``pastWeeksNotIncluded`` latest steps left out (None: ``w``);
    ``weightsThreshold`` Anscombe residual from which a past week loses weight (None: 2.58, in the method of
    1996 it is 1); ``pThresholdTrend`` a trend is kept below this p-value (1: whenever it can be estimated);
    ``limit54`` (cases, steps): no alarm with fewer cases in the last steps. ``alpha`` is one-sided in
    farrington_flexible, two-sided in farrington. ``compat="surveillance"`` gives the numbers of the R package,
    with its oddities; ``"paper"`` the papers' method and a rule of our own for empty histories.

    Raises BadSeries ("option-value") for a value that means nothing.
    """

    b: int = 5
    w: int = 3
    noPeriods: int = 1
    pastWeeksNotIncluded: int | None = None
    trend: bool = True
    pThresholdTrend: float = 0.05
    reweight: bool = True
    weightsThreshold: float | None = None
    powertrans: str = "2/3"
    thresholdMethod: str = "delta"
    alpha: float = 0.05
    limit54: tuple[int, int] = (5, 4)
    populationOffset: bool = False
    fitFun: str = FIT_PLAIN[0]

    def __post_init__(self) -> None:
        super().__post_init__()
        wrong = {
            "b": self.b < 1,
            "w": self.w < 0,
            "noPeriods": self.noPeriods < 1,
            "pastWeeksNotIncluded": (self.pastWeeksNotIncluded or 0) < 0,
            "pThresholdTrend": not 0 <= self.pThresholdTrend <= 1,
            "weightsThreshold": self.weightsThreshold is not None and not self.weightsThreshold > 0,
            "powertrans": self.powertrans not in POWERS,
            "thresholdMethod": self.thresholdMethod not in THRESHOLDS,
            "alpha": not 0 < self.alpha < 1,
            "limit54": len(self.limit54) != 2 or self.limit54[0] < 0 or self.limit54[1] < 1,
            "fitFun": self.fitFun not in (*FIT_PLAIN, FIT_POPULATION),
        }
        for name, is_wrong in wrong.items():
            if is_wrong:
                raise BadSeries("option-value", option=name, value=str(getattr(self, name)))

    @property
    def as_reference(self) -> bool:
        """Whether the R package's oddities are wanted."""
        return self.compat == "surveillance"

    @property
    def left_out(self) -> int:
        """How many of the latest steps are no part of the history."""
        return self.w if self.pastWeeksNotIncluded is None else self.pastWeeksNotIncluded

    @property
    def by_population(self) -> bool:
        """Whether rates, not counts, are modelled."""
        return self.populationOffset or self.fitFun == FIT_POPULATION
