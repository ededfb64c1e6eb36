"""The screens and endpoints of dispatch."""

from __future__ import annotations

from region.spine.web import Routes

routes = Routes("dispatch", __name__)
