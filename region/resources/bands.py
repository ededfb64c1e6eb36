"""How long a stock lasts, and how good or bad that is (K31): one shelf at a time, as it is shown."""

from __future__ import annotations


def days_of(usable: int, burn: float | None) -> float | None:
    """Days of supply: what may be used over what a day takes; None where the burn is unknown, never infinity."""
    return None if burn is None or burn <= 0 else max(0, usable) / burn


def band_of(usable: int, days: float | None, red: float, amber: float) -> str:
    """red, amber or green by days of supply; empty where nothing is left; unknown where the burn is."""
    if usable <= 0:
        return "empty"
    if days is None:
        return "unknown"
    return "red" if days < red else "amber" if days < amber else "green"
