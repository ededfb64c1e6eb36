"""The screens and endpoints of audit."""

from __future__ import annotations

from region.spine.web import Routes

routes = Routes("audit", __name__)
