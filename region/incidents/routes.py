"""The screens and endpoints of incidents."""

from __future__ import annotations

from region.spine.web import Routes

routes = Routes("incidents", __name__)
