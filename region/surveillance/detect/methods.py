"""Every method by the name that the command line knows, and its options read from words.

A method is (options, function, what is set beforehand). Adding a detector is its module and one line here.
"""

from __future__ import annotations

import importlib
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Union, get_args, get_origin, get_type_hints

from region.surveillance.detect.series import BadSeries, Control, Panel, Signals

PLACE = "region.surveillance.detect"


@dataclass(frozen=True)
class Method:
    """Where a method's `options` (a Control) and its `function` stand, and what its name `sets` of them."""

    module: str
    options: str
    function: str
    sets: Mapping[str, Any] = field(default_factory=dict)

    def parts(self) -> tuple[type[Control], Callable[[Panel, Any], Signals]]:
        """The class of the options and the function, (Panel, options) -> Signals."""
        module = importlib.import_module(f"{PLACE}.{self.module}")
        return getattr(module, self.options), getattr(module, self.function)


METHODS: dict[str, Method] = {
    "farrington-flexible": Method("farrington", "FarringtonControl", "farrington_flexible"),
    "farrington": Method("farrington", "FarringtonControl", "farrington"),
    "ears-c1": Method("ears", "Ears", "ears", {"method": "C1"}),
    "ears-c2": Method("ears", "Ears", "ears", {"method": "C2"}),
    "ears-c3": Method("ears", "Ears", "ears", {"method": "C3"}),
    "shewhart": Method("shewhart", "Shewhart", "shewhart"),
    "cusum": Method("cusum", "Cusum", "cusum"),
    "glr-poisson": Method("glr", "Glr", "glr"),
    "glr-nb": Method("glr", "GlrNb", "glr"),
    "bayes": Method("references", "Bayes", "bayes"),
    "rki": Method("references", "Rki", "rki"),
    "cdc": Method("references", "Cdc", "cdc"),
    "ewma": Method("ewma", "Ewma", "ewma"),
    "switch": Method("ewma", "Switch", "switch"),
    "cidars": Method("cidars", "Cidars", "cidars"),
    "fixed": Method("cidars", "Fixed", "fixed"),
}


def detect(panel: Panel, name: str, options: Mapping[str, str], span: tuple[int, int] | None) -> Signals:
    """Judge `panel` by the method `name`, with `options` as words (R's "c.ARL" is `c_ARL`, "NULL" and "NA" none).

    Raises BadSeries for an unknown method or option, or a value that is none of that option's.
    """
    if name not in METHODS:
        raise BadSeries("method-unknown", name=name, known=", ".join(METHODS))
    method = METHODS[name]
    kind, function = method.parts()
    given = {**method.sets, **read_options(kind, options)}
    return function(panel, kind(span=span, **given))


def read_options(kind: type[Control], options: Mapping[str, str]) -> dict[str, Any]:
    """Options as words, read by the types of the fields of `kind`."""
    hints = get_type_hints(kind)
    known = {one.name: hints[one.name] for one in fields(kind) if one.name != "span"}
    found = {}
    for option, text in options.items():
        name = option.replace(".", "_")
        if name not in known:
            raise BadSeries("option-unknown", option=option, known=", ".join(sorted(known)))
        found[name] = _value(option, text.strip(), known[name])
    return found


def _value(option: str, text: str, wanted: Any) -> Any:
    kinds = get_args(wanted) if get_origin(wanted) in (Union, types.UnionType) else (wanted,)
    if type(None) in kinds and text.upper() in ("NULL", "NA", "NONE", ""):
        return None
    if bool in kinds and text.upper() in ("TRUE", "FALSE", "T", "F", "1", "0"):
        return text.upper() in ("TRUE", "T", "1")
    for plain in (int, float):
        if plain in kinds:
            try:
                return plain(text)
            except ValueError:
                continue
    parts = text.replace("c(", "").replace(")", "").split(",")
    for kind in kinds:
        if get_origin(kind) is tuple:
            try:
                return tuple(get_args(kind)[0](one.strip()) for one in parts)
            except ValueError:
                continue
    if str in kinds or any(get_origin(kind) is not None and text in get_args(kind) for kind in kinds):
        return text
    raise BadSeries("option-value", option=option, value=text[:40])
