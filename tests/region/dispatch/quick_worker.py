"""The web server's worker with little patience, for a test that must not wait long."""

from region.cli.patience import PatientWorker


class QuickWorker(PatientWorker):
    """One second for a request, beside what its size allows."""

    grace = 1.0
