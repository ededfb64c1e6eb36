"""What every verb needs: the settings, the office, and the language of whoever sits at the terminal."""

from __future__ import annotations

import locale
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from region.settings import Settings
from region.spine import i18n
from region.spine.errors import Fault

if TYPE_CHECKING:
    from region.spine.work import Office

ROOT = Path(__file__).resolve().parents[2]


def settings(**changes: Any) -> Settings:
    """The settings of the environment, with these changed; the data folder's address is made absolute."""
    found = replace(Settings.from_env(), **changes)
    return replace(found, data_dir=found.data_dir.absolute())


def office(given: Settings | None = None) -> Office:
    """The office of this installation; its data folder is made, closed to others, when it is not there.

    When the verb ends, the office lets go of the database.
    """
    from region.app import build_office

    found = given or settings()
    found.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = build_office(found)
    click.get_current_context().call_on_close(made.engine.dispose)
    return made


def lang_of_terminal() -> str:
    """zh where the terminal's locale is Chinese, else en."""
    return "zh" if (locale.setlocale(locale.LC_CTYPE) or "").startswith("zh") else "en"


def lang_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """The option ``--lang``, with the terminal's own language by default."""
    return click.option(
        "--lang", type=click.Choice(i18n.LANGS), default=lang_of_terminal, help="language of what is told"
    )(command)


def fault_line(fault: Fault, lang: str | None = None) -> str:
    """A fault as one line: the sentence, then its code and the facts that say where."""
    from region.spine.web import fault_text

    sentence = fault_text(lang or lang_of_terminal(), fault)
    told = str(fault)
    return told if sentence == fault.code else f"{sentence} [{told}]"
