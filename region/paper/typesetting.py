"""Filling a sheet and setting it as a PDF."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst

SHEETS = Path(__file__).resolve().parent


@lru_cache(maxsize=2)
def _fonts(folder: Path) -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder)])


def pdf(sheet: str, data: Mapping[str, Any], fonts: Path) -> bytes:
    """The sheet (``proof``: proof.typ beside this file) filled with plain values, as a PDF.

    Texts enter as data, never as markup. `fonts` is the folder with the files of Noto Sans SC; nothing else is
    read, and nothing is fetched. Other threads run meanwhile. Raises typst.TypstError for a fault in the sheet.
    """
    made = typst.compile(
        (SHEETS / f"{sheet}.typ").read_bytes(),
        font_paths=_fonts(fonts),
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_tags=False,  # tags make a sheet of ten thousand lines twenty times as large
    )
    if not isinstance(made, bytes):
        raise TypeError(f"{sheet}.typ made no single document")
    return made
