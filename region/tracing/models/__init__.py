"""The tables of tracing."""

from region.tracing.models.cases import Case, Infection
from region.tracing.models.contacts import Contact, ContactControl, ContactLink
from region.tracing.models.exposures import ExposurePlace, Visit
from region.tracing.models.letters import LineLoad, TraceLetter

__all__ = [
    "Case",
    "Contact",
    "ContactControl",
    "ContactLink",
    "ExposurePlace",
    "Infection",
    "LineLoad",
    "TraceLetter",
    "Visit",
]
