"""The screens and endpoints of accounts."""

from __future__ import annotations

from region.spine.web import Routes

routes = Routes("accounts", __name__)
