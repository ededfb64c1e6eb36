"""FHIR R4 as plain JSON, as far as results go: DiagnosticReport with Specimen and Observation, OperationOutcome."""

from region.formats.fhir.reading import Observation, Report, read_reports
from region.formats.fhir.resources import Wrong, outcome
from region.formats.fhir.writing import bundle, write_report

__all__ = ["Observation", "Report", "Wrong", "bundle", "outcome", "read_reports", "write_report"]
