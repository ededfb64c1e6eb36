"""Results as a laboratory's own system sends them: a list, each item read by itself, wrong ones named by place."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from region.sampling.result_told import Result
from region.sampling.result_words import Words
from region.sampling.schemas import wrong_parts
from region.spine.errors import Invalid

MOST = 20_000
"""Results of one request; a day of a large laboratory is a few of them."""


class SentResult(BaseModel):
    """One result: the code on the tube, the result in a word or code of the pack, when it was reported (with offset).

    `id` is the laboratory's own number of it.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)

    tube: Annotated[str, Field(min_length=1, max_length=60)]
    result: Annotated[str, Field(min_length=1, max_length=40)]
    reported_at: Annotated[AwareDatetime, Field(strict=False)]
    ct_n: Annotated[float | None, Field(gt=0, le=60)] = None
    ct_orf: Annotated[float | None, Field(gt=0, le=60)] = None
    id: Annotated[str, Field(max_length=200)] = ""


def read_sent(given: Any, words: Words) -> tuple[list[Result], list[int], list[dict[str, Any]]]:
    """The results, the place of each in the list, and what was refused: its place, why, and the field.

    Invalid (``list-wanted``, ``too-many``) for what is no list, or too long a one.
    """
    if not isinstance(given, list):
        raise Invalid("list-wanted", field="results")
    if len(given) > MOST:
        raise Invalid("too-many", field="results", most=MOST)
    results: list[Result] = []
    places: list[int] = []
    refused: list[dict[str, Any]] = []
    for index, one in enumerate(given):
        try:
            sent = SentResult.model_validate(one)
        except ValidationError as error:
            field = wrong_parts(error)[0]
            refused.append({"index": index, "why": "field_wrong", "field": field})
            continue
        result = words.result(sent.result) or sent.result
        results.append(Result(sent.tube, result, sent.reported_at, sent.ct_n, sent.ct_orf, sent.id))
        places.append(index)
    return results, places, refused
