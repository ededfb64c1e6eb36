"""The screens and endpoints of board."""

from __future__ import annotations

from region.spine.web import Routes

routes = Routes("board", __name__)
