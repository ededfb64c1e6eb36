"""The screens and endpoints of accounts."""

from region.accounts.routes import duty, enrolling, entering, joining, people, tokens
from region.accounts.routes.table import routes

__all__ = ["duty", "enrolling", "entering", "joining", "people", "routes", "tokens"]
