"""Choosing recipients by area, type, shape, what is known of them, saved group or hand; and who cannot be reached."""

from region.dispatch.choice.conditions import Gap, Sum
from region.dispatch.choice.preview import Preview, preview
from region.dispatch.choice.resolving import Reach, resolve

__all__ = ["Gap", "Preview", "Reach", "Sum", "preview", "resolve"]
