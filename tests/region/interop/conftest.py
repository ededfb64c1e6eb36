"""The stage of the flows, for other systems' endpoints."""

from tests.flows.stage import stage

__all__ = ["stage"]
