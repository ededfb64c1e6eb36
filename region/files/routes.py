"""The screens and endpoints of files."""

from __future__ import annotations

from region.spine.web import Routes

routes = Routes("files", __name__)
