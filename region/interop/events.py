"""What can happen at the doors to other systems."""

from __future__ import annotations

from dataclasses import dataclass

from region.spine.journal import Event


@dataclass(frozen=True, kw_only=True)
class MessageRefused(Event):
    """A message with results could not be taken: its digest, by which way it came, and where it is wrong.

    `fault` is a code of HL7 table 0357 or of FHIR's issue types, `at` the place of the fault, such as ``OBX.2.5``.
    """

    digest: str
    way: str
    fault: str
    at: str
