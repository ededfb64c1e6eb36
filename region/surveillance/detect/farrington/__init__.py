"""Farrington's regression of a week's count on its own past, as of 1996 and as improved in 2013 (flexible).

`detect` holds both methods, `control` their options; beneath lie `baseline` (which weeks), `regression` (the fits),
`outliers` (weights), `model` (trend and prediction) and `threshold`. docs/farrington.md says how far they agree
with the R package `surveillance`, and where they differ on purpose.
"""

from region.surveillance.detect.farrington.control import FarringtonControl
from region.surveillance.detect.farrington.detect import farrington, farrington_flexible

__all__ = ["FarringtonControl", "farrington", "farrington_flexible"]
