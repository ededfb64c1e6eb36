"""Packs: loading, refusing with file, path and reason, extending, days in force, digest, layers."""

import copy
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from rules.examples import failed_examples
from rules.pack import Pack, PackError, Packs, RuleError, load_packs

BASE: dict[str, Any] = {
    "id": "base",
    "title": {"zh": "甲", "en": "A"},
    "effective": {"from": "2022-01-01", "to": "2022-12-31"},
    "sources": {"S1": "a law"},
    "values": {
        "wait": {
            "value": {"minutes": 5},
            "unit": "duration",
            "mark": "design",
            "examples": [{"start": "2022-08-01T17:30:00+08:00", "due": "2022-08-01T17:35:00+08:00"}],
        },
        "tries": {
            "value": 3,
            "unit": "count",
            "source": ["S1"],
            "mark": "verified_primary",
            "examples": [{"is": 3}],
        },
    },
    "tables": {
        "size": {
            "about": {"zh": "大小", "en": "Size"},
            "mark": "design",
            "facts": {"n": {"type": "integer"}},
            "rows": [
                {"id": "big", "when": "n >= 10", "then": {"size": "big"}},
                {"id": "otherwise", "when": "true", "then": {"size": "small"}},
            ],
            "examples": [{"facts": {"n": 10}, "row": "big"}, {"facts": {"n": 9}, "row": "otherwise"}],
        }
    },
    "templates": {
        "hello": {
            "label": {"zh": "问候", "en": "Greeting"},
            "zh": {"title": "{who}", "body": "{who}"},
            "en": {"title": "{who}", "body": "{who}"},
            "placeholders": {"who": {"type": "text", "label": {"zh": "谁", "en": "Who"}}},
            "examples": [{"given": {"who": "x"}, "zh": {"title": "x"}, "en": {"title": "x"}}],
        }
    },
}


def changed(path: str, value: object) -> dict[str, Any]:
    document = copy.deepcopy(BASE)
    *steps, last = path.split("/")
    at: Any = document
    for step in steps:
        at = at[int(step)] if isinstance(at, list) else at[step]
    at[int(last) if isinstance(at, list) else last] = value
    return document


def child(**rules: Any) -> dict[str, Any]:
    head = {"id": "child", "title": {"zh": "乙", "en": "B"}, "effective": {}, "extends": "base"}
    return {**head, **rules}


def test_a_pack_answers_values_tables_and_templates() -> None:
    pack = Pack.from_document(BASE, "base.yaml")
    assert pack.duration("wait") == timedelta(minutes=5) == pack.value("wait").value
    assert pack.value("tries").source == ("S1",) and pack.value("tries").verified
    decision = pack.decide("size", {"n": 12})
    assert (decision.row_id, dict(decision.outcome)) == ("big", {"size": "big"})
    assert (decision.pack_id, decision.digest) == ("base", pack.digest)
    assert pack.render("hello", "en", who="Ana").title == "Ana"
    assert list(failed_examples(pack)) == []


def test_what_a_pack_holds_cannot_be_changed() -> None:
    pack = Pack.from_document(BASE, "base.yaml")
    with pytest.raises(TypeError):
        pack.decide("size", {"n": 1}).outcome["size"] = "huge"  # type: ignore[index]


@pytest.mark.parametrize(
    ("path", "value", "where", "reason"),
    [
        ("values/tries/value", "3", "values.tries", "whole number"),
        ("values/tries/value", True, "values.tries", "whole number"),
        ("values/tries/unit", "parsec", "values.tries", "unknown unit"),
        ("values/tries/mark", "sure", "values.tries.mark", "verified_primary"),
        ("values/tries/source", [], "values.tries", "names no source"),
        ("values/tries/source", ["S9"], "values.tries.source", "S9"),
        ("values/tries/examples", [], "values.tries.examples", "at least 1"),
        ("values/tries/colour", "red", "values.tries.colour", "Extra inputs"),
        ("values/wait/value", {"minutes": 0}, "values.wait", "longer than nothing"),
        ("values/wait/value", "5 minutes", "values.wait", "no duration"),
        ("values/wait/value", {"months": 1}, "values.wait", "no duration"),
        ("values/Wait", {}, "values.Wait", "pattern"),
        ("effective/to", "2021-01-01", "effective", "ends before"),
        ("effective/to", "31.12.2022", "effective.to", "date"),
        ("title/zh", " ", "title.zh", "pattern"),
        ("tables/size/rows/0/when", "m > 1", "tables.size.rows.0.when", "'m'"),
        ("tables/size/rows/0/when", "n + 1", "tables.size.rows.0.when", "yes-or-no"),
        ("tables/size/rows/1/when", "n < 10", "tables.size", "last row"),
        ("tables/size/rows/1/id", "big", "tables.size", "same id"),
        ("tables/size/rows/1/then", {"other": 1}, "tables.size", "other outcomes"),
        ("tables/size/examples/0/row", "huge", "tables.size", "no row"),
        ("templates/hello/en/body", "Hello", "", ""),
        ("templates/hello/en", {"title": "x", "body": "y"}, "templates.hello.en", "does not use"),
        ("templates/hello/zh/body", "{who}{what}", "templates.hello.zh", "undeclared"),
        ("templates/hello/zh/body", "{who.x} {who}", "templates.hello.zh.body", "brace"),
        ("templates/hello/zh/body", "{who!r} {who}", "templates.hello.zh.body", "brace"),
    ],
)
def test_a_bad_pack_is_refused_with_file_path_and_reason(
    path: str, value: object, where: str, reason: str
) -> None:
    document = changed(path, value)
    if not where:  # the title still uses the placeholder: this one is good
        assert Pack.from_document(document, "local.yaml").id == "base"
        return
    with pytest.raises(PackError) as caught:
        Pack.from_document(document, "local.yaml")
    assert caught.value.file == "local.yaml"
    assert caught.value.path == where
    assert reason in caught.value.reason


@pytest.mark.parametrize(
    ("path", "value", "fault"),
    [
        ("values/tries/examples", [{"is": 4}], "values.tries.examples.0"),
        ("values/wait/examples", [{"is": "PT6M"}], "values.wait.examples.0"),
        ("values/wait/examples/0/due", "2022-08-01T17:36:00+08:00", "values.wait.examples.0"),
        ("tables/size/rows/0/when", "n > 10", "tables.size.examples.0"),
        ("tables/size/examples", [{"facts": {"n": 10}, "row": "big"}], "tables.size.rows: no example"),
        ("templates/hello/examples/0/zh/title", "y", "templates.hello.examples.0: zh"),
    ],
)
def test_an_example_that_does_not_come_true_is_reported(path: str, value: object, fault: str) -> None:
    faults = list(failed_examples(Pack.from_document(changed(path, value), "base.yaml")))
    assert len(faults) == 1 and faults[0].startswith(fault)


def test_extending_overrides_by_name_withdraws_and_keeps_the_rest() -> None:
    base = Pack.from_document(BASE, "base.yaml")
    tries = {"value": 9, "unit": "count", "mark": "design", "examples": [{"is": 9}]}
    pack = Pack.from_document(
        child(values={"tries": tries}, withdraws=["templates.hello"]), "child.yaml", base
    )
    assert pack.value("tries").value == 9 and pack.duration("wait") == base.duration("wait")
    assert pack.decide("size", {"n": 1}).digest == pack.digest != base.digest
    with pytest.raises(RuleError, match="template_unknown"):
        pack.template("hello")
    assert base.value("tries").value == 3


def test_withdrawing_what_the_parent_does_not_have_is_refused() -> None:
    base = Pack.from_document(BASE, "base.yaml")
    with pytest.raises(PackError, match="is no rule of the pack base"):
        Pack.from_document(child(withdraws=["values.nothing"]), "child.yaml", base)
    with pytest.raises(PackError, match="given parent"):
        Pack.from_document(child(), "child.yaml")


def test_the_digest_changes_when_and_only_when_content_changes() -> None:
    digest = Pack.from_document(BASE, "a").digest
    turned = {key: BASE[key] for key in reversed(BASE)}
    with_dates = changed("effective", {"from": date(2022, 1, 1), "to": date(2022, 12, 31)})
    assert Pack.from_document(turned, "elsewhere").digest == digest
    assert Pack.from_document(with_dates, "a").digest == digest
    for path, value in (
        ("values/wait/value", {"minutes": 6}),
        ("values/tries/mark", "verified_secondary"),
        ("tables/size/rows/0/when", "n >= 11"),
        ("templates/hello/en/body", "{who}!"),
        ("effective/to", "2022-12-30"),
    ):
        assert Pack.from_document(changed(path, value), "a").digest != digest, path


def test_a_parent_that_changes_changes_the_digest_of_those_who_extend_it() -> None:
    digests = {
        Pack.from_document(child(), "c", Pack.from_document(document, "b")).digest
        for document in (BASE, changed("values/wait/value", {"minutes": 6}), changed("title/en", "Other"))
    }
    assert len(digests) == 2  # the parent's title is not taken over, its values are


def test_days_in_force() -> None:
    first = Pack.from_document(BASE, "one.yaml")
    second = Pack.from_document(changed("effective", {"from": "2023-01-01"}), "two.yaml")
    packs = Packs([second, first])
    assert packs.get("base") is second
    assert packs.get("base", date(2022, 12, 31)) is first
    assert packs.get("base", date(2023, 1, 1)) is second
    assert packs.by_digest(first.digest) is first
    with pytest.raises(RuleError) as caught:
        packs.get("base", date(2021, 12, 31))
    assert caught.value.code == "pack_not_in_effect"
    with pytest.raises(RuleError) as caught:
        packs.get("nothing")
    assert caught.value.code == "pack_unknown"
    with pytest.raises(PackError, match="overlaps"):
        Packs([first, Pack.from_document(changed("effective/from", "2022-06-01"), "three.yaml")])


def test_local_packs_are_laid_over_shipped_ones() -> None:
    shipped = Pack.from_document(BASE, "shipped")
    local = Pack.from_document(changed("effective", {"from": "2022-06-01", "to": "2022-06-30"}), "local")
    packs = Packs([shipped]).over([local])
    assert packs.get("base", date(2022, 6, 15)) is local
    assert packs.get("base", date(2022, 7, 1)) is shipped
    assert packs.by_digest(shipped.digest) is shipped
    with pytest.raises(RuleError, match="pack_not_in_effect"):
        packs.get("base", date(2030, 1, 1))


HEAD = "id: {id}\ntitle: {{zh: 甲, en: A}}\neffective: {{}}\n"
VALUE = "values:\n  n: {value: 1, unit: count, mark: design, examples: [{is: 1}]}\n"


def written(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def test_files_are_joined_and_extended_whatever_their_order(tmp_path: Path) -> None:
    packs = load_packs(
        written(
            tmp_path,
            a=HEAD.format(id="grandchild") + "extends: child\n",
            b=HEAD.format(id="child") + "extends: base\n",
            c="part_of: base\n" + VALUE,
            d=HEAD.format(id="base"),
        )
    )
    assert packs.get("grandchild").value("n").value == 1


@pytest.mark.parametrize(
    ("files", "file", "reason"),
    [
        ({"a": HEAD.format(id="x") + VALUE + "  n: 2\n"}, "a.yaml", "stands twice"),
        ({"a": HEAD.format(id="x") + "values: {\n"}, "a.yaml", "line 5"),
        ({"a": "- x\n"}, "a.yaml", "is a map"),
        ({"a": HEAD.format(id="x") + "values: !!python/object:os.system {}\n"}, "a.yaml", "constructor"),
        ({"a": HEAD.format(id="x") + "extends: y\n"}, "a.yaml", "no pack has the id 'y'"),
        (
            {"a": HEAD.format(id="x") + "extends: y\n", "b": HEAD.format(id="y") + "extends: x\n"},
            "a.yaml",
            "circle",
        ),
        ({"a": HEAD.format(id="x"), "b": HEAD.format(id="x")}, "b.yaml", "a.yaml too"),
        ({"a": "part_of: z\n" + VALUE}, "a.yaml", "exactly one pack"),
        ({"a": HEAD.format(id="x") + VALUE, "b": "part_of: x\n" + VALUE}, "b.yaml", "another file"),
    ],
)
def test_a_bad_folder_is_refused(tmp_path: Path, files: dict[str, str], file: str, reason: str) -> None:
    with pytest.raises(PackError) as caught:
        load_packs(written(tmp_path, **files))
    assert caught.value.file == file and reason in str(caught.value)


def test_yaml_keeps_words_clock_times_and_dates_as_texts(tmp_path: Path) -> None:
    value = "value: [no, on, 12:30, 2022-01-01], unit: names, mark: design, examples: [{at: '0', is: no}]"
    text = f"values:\n  n: {{{value}}}"
    pack = load_packs(written(tmp_path, a=HEAD.format(id="x") + text)).get("x")
    assert pack.value("n").value == ("no", "on", "12:30", "2022-01-01")
