"""Both languages are complete, no disease is named in Python, and every setting is explained.

A sentence that is missing in one language is found by the person who needs it most. A disease in the code
would make the next one a matter for programmers. A setting that is not written down does not exist.
"""

from __future__ import annotations

import ast
import re
from dataclasses import fields
from string import Formatter

from babel.messages.pofile import read_po

from region.settings import Settings
from region.spine import i18n
from tests.promises.code import ROOT, called, nodes, python_files, short, where

FAULTS = {
    *("Fault", "Invalid", "Missing", "Unknown", "Refused"),
    *("Forbidden", "Stale", "Unready", "Broken", "SilentChange"),
}
# Broken and its kind are faults of ours: they go to a log, and the page says only that we are wrong.
OURS = {"Broken", "SilentChange", "Fault"}
DISEASES = (
    r"covid|corona|sars|mers|influenza|mpox|monkeypox|measles|cholera|plague|ebola|dengue|malaria|"
    r"tubercul|hepatitis|rabies|polio|zika|typhoid|新冠|流感|霍乱|鼠疫|麻疹|登革|疟疾|结核|肝炎|猴痘|狂犬"
)
MARKED = re.compile(r"""\b_\(\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')(?!\s*[~+])""")


def codes() -> dict[str, str]:
    """Every fault code that the code raises, with a place where it does."""
    found: dict[str, str] = {}
    for path in python_files("region"):
        for node in nodes(path, ast.Call):
            if isinstance(node, ast.Call) and called(node) in FAULTS - OURS and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    found.setdefault(first.value, where(path, node))
    return found


def test_every_fault_has_a_sentence_in_both_languages() -> None:
    for lang in i18n.LANGS:
        texts = i18n.catalogue(lang)
        assert not {code: at for code, at in codes().items() if f"fault:{code}" not in texts}, lang


def marked() -> dict[str, str]:
    """Every text that is marked for translation, in templates and in Python."""
    found: dict[str, str] = {}
    for path in sorted((ROOT / "templates").rglob("*")):
        if path.suffix in (".html", ".txt", ".js", ".svg"):
            for double, single in MARKED.findall(path.read_text(encoding="utf-8")):
                text = (double or single).replace('\\"', '"').replace("\\'", "'")
                found.setdefault(text, short(path))
    for path in python_files("region"):
        for node in nodes(path, ast.Call):
            if isinstance(node, ast.Call) and called(node) in ("_", "translate", "words"):
                said = [one.value for one in node.args[:2] if isinstance(one, ast.Constant)]
                for text in said:
                    if isinstance(text, str) and text not in i18n.LANGS:
                        found.setdefault(text, where(path, node))
    return found


def test_every_text_has_chinese() -> None:
    texts = i18n.catalogue("zh")
    assert not {text: at for text, at in marked().items() if text not in texts}


def test_translations_keep_their_placeholders() -> None:
    def names(text: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(text) if name}

    wrong = []
    for text, chinese in i18n.catalogue("zh").items():
        english = i18n.catalogue("en").get(text, text)
        if not names(chinese) <= names(english) and not text.startswith("fault:"):
            wrong.append(text)
    assert not wrong


def test_nothing_is_translated_twice_in_two_ways() -> None:
    """All catalogues are one: the same msgid with two texts would be the last file's by chance."""
    for lang in i18n.LANGS:
        seen: dict[str, tuple[str, str]] = {}
        for path in sorted((i18n.FOLDER / lang).glob("*.po")):
            with path.open("rb") as file:
                for message in read_po(file, locale=lang):
                    if not message.id:
                        continue
                    text, other = str(message.string), seen.get(str(message.id))
                    assert text, f"{short(path)}: {message.id!r} is empty"
                    assert other is None or other[1] == text, f"{message.id!r}: {other} and {short(path)}"
                    seen[str(message.id)] = (short(path), text)


def test_no_disease_is_named_in_python() -> None:
    """In code: rule packs name diseases; pack ids are data, so only the exercise region may choose one."""
    named = []
    for path in python_files("region", "maps", "rules"):
        if short(path).startswith("region/exercise/"):
            continue
        for node in nodes(path, ast.Constant, ast.Name, ast.Attribute, ast.FunctionDef, ast.ClassDef):
            word = next(
                (str(getattr(node, name)) for name in ("value", "id", "attr", "name") if hasattr(node, name)),
                "",
            )
            if re.search(rf"(?i)\b({DISEASES})", word):
                named.append(where(path, node))
    assert not named


def test_every_setting_is_explained() -> None:
    told = (ROOT / "docs" / "operators.md").read_text(encoding="utf-8")
    told += (ROOT / "docs" / "generated" / "settings.md").read_text(encoding="utf-8")
    assert not [one.name for one in fields(Settings) if f"REGION_{one.name.upper()}" not in told]


def test_generated_documents_are_those_of_this_code() -> None:
    from tools import docs

    stale = [name for name, text in docs.documents().items() if docs.kept(name) != text]
    assert not stale, "python -m tools.docs writes them anew"


def test_the_tree_in_the_readme_is_the_tree() -> None:
    readme = ROOT / "README.md"
    if not readme.exists() or "```tree" not in (text := readme.read_text(encoding="utf-8")):
        return  # until there is one, nothing can be wrong in it
    listed: set[str] = set()
    folder = ""
    for line in text.split("```tree")[1].split("```")[0].splitlines():
        indented, name = line.startswith("  "), line.split()[:1]
        if name and not indented:
            folder = name[0]
        listed |= {
            (folder if indented else "") + one for one in line.split("  ") if re.fullmatch(r"[\w.-]+/?", one)
        }
    gone = [name for name in listed if not (ROOT / name).exists()]
    folders = {
        f"region/{path.name}/" for path in (ROOT / "region").iterdir() if (path / "__init__.py").exists()
    }
    assert not gone and folders <= listed, (gone, sorted(folders - listed))
