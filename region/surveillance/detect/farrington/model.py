"""What the past says of the present, for many points: fit, unweigh outbreaks, keep or drop the trend, predict."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray
from scipy import special

from region.surveillance.detect.farrington.baseline import Baseline
from region.surveillance.detect.farrington.control import FarringtonControl
from region.surveillance.detect.farrington.outliers import anscombe, unweighed
from region.surveillance.detect.farrington.regression import Basis, Fit, Past, fit, inverse
from region.surveillance.detect.series import Array, Flags

Places = NDArray[np.int64]


@dataclass
class Prediction:
    """What the past says of points, any one shape: the expected count as `link`, its log, the standard `error` of
    that log, the `dispersion`, whether a `trend` was kept and the fit `converged`; `weeks` of history seen, the
    `free` ones among them, and of the point's own season `season_weeks` and `season_cases`."""

    link: Array
    error: Array
    dispersion: Array
    trend: Array
    converged: Array
    weeks: Array
    free: Array
    season_weeks: Array
    season_cases: Array

    @classmethod
    def none(cls, *shape: int) -> Prediction:
        """Nothing known yet: NaN throughout."""
        return cls(*(np.full(shape, np.nan) for _ in fields(cls)))

    def put(self, where: tuple[Places, Places], other: Prediction) -> None:
        """Lay the predictions of some points on their places."""
        for each in fields(self):
            getattr(self, each.name)[where] = getattr(other, each.name)


@dataclass
class Model:
    """A fit with its three dispersions (C): of the counts, for the error of a prediction, for the trend's test.

    By the papers they are one. In the reference the last two are not held at 1 or above, and in the flexible
    method they are computed, after reweighting, without the fitted mean.
    """

    fit: Fit
    dispersion: Array
    for_error: Array
    for_test: Array

    def put(self, which: Flags, other: Model) -> None:
        """Replace the models of some points."""
        self.fit.put(which, other.fit)
        self.dispersion[which] = other.dispersion
        self.for_error[which] = other.for_error
        self.for_test[which] = other.for_test


@dataclass(frozen=True)
class Judge:
    """How points are fitted: the options, the threshold of the weights, and whether the method is that of 1996."""

    control: FarringtonControl
    original: bool

    @property
    def threshold(self) -> float:
        """The Anscombe residual from which a week loses weight."""
        return self.control.weightsThreshold or (1.0 if self.original else 2.58)

    def predict(
        self, history: Baseline, counts: Array, people: Array | None, people_now: Array | None
    ) -> Prediction:
        """From past `counts` (C, n; NaN missing), with `people` at risk then (C, n) and now (C) for rates."""
        basis, past = Basis.of(history), Past.of(counts, people)
        seen = past.weight
        ahead = np.zeros(len(counts)) if people_now is None else np.log(people_now)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            model = self._model(basis, past, self.control.trend)
            trend = np.full(len(counts), self.control.trend)
            if self.control.trend:
                trend = self._keeps(model, history, past, ahead)
                if not trend.all():
                    model.put(~trend, self._model(basis, past.take(~trend), trend=False))
            link, variance = model.fit.at(history.now)
            error = np.sqrt(variance * model.for_error)
        own, weeks = basis.sums[:, 0], seen.sum(axis=1)
        return Prediction(
            link=link + ahead,
            error=error,
            dispersion=model.dispersion,
            trend=trend.astype(float),
            converged=model.fit.converged.astype(float),
            weeks=weeks,
            free=weeks - model.fit.parameters(),
            season_weeks=seen @ own,
            season_cases=past.counts @ own,
        )

    def _model(self, basis: Basis, past: Past, trend: bool) -> Model:
        """Fit; where asked, weigh down the outbreaks that stand out of the fit, and fit again."""
        found, weight = fit(basis, past, trend), past.weight
        freedom = weight.sum(axis=1) - found.parameters()
        raw = _pearson(found, past, found.work) / freedom
        if self.control.reweight:
            weight = unweighed(
                anscombe(found, basis, past, np.maximum(raw, 1.0)), self.threshold, past.weight
            )
            first, found = found, fit(basis, past.weighed(weight), trend)
            found.converged = first.converged  # the second fit is that of the first with less to explain
            raw = _pearson(found, past, found.work) / freedom
        dispersion = np.maximum(raw, 1.0)
        if not self.control.as_reference:
            return Model(found, dispersion, dispersion.copy(), dispersion.copy())
        if self.original:
            return Model(found, dispersion, dispersion.copy(), raw)
        if self.control.reweight:
            raw = _pearson(found, past, weight) / freedom
        return Model(found, dispersion, raw, raw.copy())

    def _keeps(self, model: Model, history: Baseline, past: Past, ahead: Array) -> Flags:
        """Whether the trend stays: significant, of three years or more, and not beyond all that was ever seen."""
        found, limit = model.fit, self.control.pThresholdTrend
        freedom = past.weight.sum(axis=1) - found.parameters()
        size = np.abs(found.slope) / np.sqrt(model.for_test * inverse(found.spread))
        significant = 2 * special.stdtr(freedom, -size) < limit
        if limit == 1:
            significant = found.spread > 0
        ever = np.exp(found.at(history.now)[0] + ahead) <= past.counts.max(axis=1)
        return np.asarray(found.converged & significant & ever & (self.control.b >= 3))


def _pearson(found: Fit, past: Past, work: Array) -> Array:
    """Squared working residuals under `work`, summed, (C)."""
    residual = past.counts / found.mu - 1
    return np.asarray(np.einsum("ij,ij,ij->i", work, residual, residual))
