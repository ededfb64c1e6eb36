"""MLLP: a message on a socket stands between VT and FS CR; the bytes come in any pieces."""

from __future__ import annotations

START, END = b"\x0b", b"\x1c\x0d"
MOST_BYTES = 4_000_000
"""Longest message that is taken; an analyser's is some thousands."""


class TooLong(Exception):
    """More bytes than any message has came without an end."""


class Frames:
    """Gathers bytes as they come and gives the messages that are complete. What stands between two is left out."""

    def __init__(self, most: int = MOST_BYTES) -> None:
        self._held = bytearray()
        self._most = most

    def feed(self, data: bytes) -> list[bytes]:
        """The messages that these bytes complete, in order. TooLong when one never ends."""
        self._held += data
        found: list[bytes] = []
        while True:
            start = self._held.find(START)
            if start < 0:
                self._held.clear()
                return found
            end = self._held.find(END, start)
            if end < 0:
                del self._held[:start]
                if len(self._held) > self._most:
                    self._held.clear()
                    raise TooLong
                return found
            # A sender that died within a message begins the next one anew: only what follows the last VT is whole.
            message = bytes(self._held[start + 1 : end])
            found.append(message[message.rfind(START) + 1 :])
            del self._held[: end + len(END)]


def framed(message: bytes) -> bytes:
    """A message ready for the socket."""
    return START + message + END
