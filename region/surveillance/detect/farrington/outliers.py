"""Past outbreaks lose weight, so that they do not hide the next one (Farrington 1996, 3.6; Noufaily 2013, 3.2)."""

from __future__ import annotations

import numpy as np

from region.surveillance.detect.farrington.regression import Basis, Fit, Past
from region.surveillance.detect.series import Array


def anscombe(fit: Fit, basis: Basis, past: Past, dispersion: Array) -> Array:
    """Standardised Anscombe residuals (C, n); `dispersion` (C)."""
    root = np.exp(fit.eta / 6)  # the sixth root of mu
    raw = 1.5 * (np.cbrt(past.counts**2) / root - root**3)
    free = 1 - np.minimum(fit.leverage(basis), 1.0)
    return np.asarray(raw / np.sqrt(dispersion[:, None] * free))


def unweighed(residual: Array, threshold: float, seen: Array) -> Array:
    """Weights (C, n): residual ** -2 above `threshold`, else 1, scaled to sum to the weeks `seen` (C, n; 0 or 1)."""
    raw = seen * np.where(residual > threshold, 1.0, 0.0)
    raw = np.where(raw > 0, np.maximum(residual, threshold) ** -2.0, seen)
    return np.asarray(raw * (seen.sum(axis=1) / raw.sum(axis=1))[:, None])
