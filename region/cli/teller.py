"""Says what goes on while a verb works, in the language of whoever waits."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import click

from region.spine import i18n


@dataclass
class Teller:
    """Says what goes on, in one language, each line with the seconds since the start."""

    lang: str
    began: float = field(default_factory=time.monotonic)

    def words(self, text: str, **facts: object) -> str:
        """The English `text` in this teller's language."""
        return i18n.translate(self.lang, text, **facts)

    def line(self, text: str) -> None:
        """One line of progress."""
        click.echo(f"{time.monotonic() - self.began:6.1f} s  {text}")

    def block(self, lines: list[str]) -> None:
        """Several lines that belong together."""
        click.echo("\n" + "\n".join(lines) + "\n")
