"""The screens and endpoints of places."""

from __future__ import annotations

from region.spine.web import Routes

routes = Routes("places", __name__)
