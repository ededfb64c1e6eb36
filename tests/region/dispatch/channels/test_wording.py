"""The texts that channels send: there in both languages, marked in an exercise, in the pack's own words for urgency."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from region.dispatch.channels.kinds import Wire
from region.dispatch.channels.registry import KINDS
from region.dispatch.channels.wording import FOLDER, TEST, _texts, say
from region.dispatch.letters import Letter
from region.spine.clock import wall_clock
from region.spine.rulebook import Rulebook
from tests.region.dispatch.channels.letters import SEAL, letter, order

FORMS = sorted(path.name.removesuffix(".zh.txt") for path in FOLDER.glob("*.zh.txt"))
MARKS = {"zh": "【演练】", "en": "[EXERCISE]"}
EMPTY = {"zh": "", "en": ""}


def wire(realm: int) -> Wire:
    http: Any = None  # nothing is sent
    return Wire(http, SEAL, realm, wall_clock(), timedelta(seconds=5))


def kinds_of_letter() -> list[Letter]:
    trial = order(kind=TEST, number="", title=EMPTY, body=EMPTY, acknowledge_due=None)
    one = letter("sms", "x")
    return [
        one,
        letter("sms", "x", order=order(withdrawn=True)),
        letter("sms", "x", order=order(acknowledge_due=None)),
        letter("sms", "x", order=trial),
        letter("sms", "x", also=(one, one)),
    ]


def test_every_text_is_there_in_both_languages() -> None:
    assert sorted(path.name.removesuffix(".en.txt") for path in FOLDER.glob("*.en.txt")) == FORMS
    assert set(KINDS) == {"webhook", "sms", "voice", "email", "wecom", "dingtalk", "push"}


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("form", [form for form in FORMS if form != "words"])
def test_every_text_can_be_said_and_begins_with_the_mark_of_an_exercise(form: str, lang: str) -> None:
    for one in kinds_of_letter():
        real, exercise = say(form, wire(0), one, lang), say(form, wire(7), one, lang)
        assert real and not real.startswith(MARKS[lang]) and exercise.startswith(MARKS[lang])
        assert "{" not in real and "None" not in real
        if one.order.content["kind"] != TEST and not one.also and form != "subject":
            assert one.order.content["title"][lang] in real


def test_urgency_is_called_as_in_the_pack() -> None:
    pack = Rulebook.shipped().value("directives", "urgencies")
    for lang in ("zh", "en"):
        words: Any = _texts(False).get_template(f"words.{lang}.txt").module
        assert words.urgencies == {name: names[lang] for name, names in pack.items()}
