"""What may be shown of a name, an identity number or a telephone to those who need not know it."""

from __future__ import annotations

import re

_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")


def mask_name(name: str) -> str:
    """`张伟` is `张*`, `张小三` is `张*三`, other scripts keep the first letter of each word."""
    text = name.strip()
    if not text:
        return ""
    if not _HAN.search(text):
        return " ".join(f"{word[0]}***" for word in text.split())
    if len(text) == 1:
        return "*"
    return f"{text[0]}*" if len(text) == 2 else f"{text[0]}{'*' * (len(text) - 2)}{text[-1]}"


def mask_id(number: str) -> str:
    """`990106********0014` for 18 characters, six and three for 15; others keep their last two at most."""
    text = re.sub(r"\s", "", number)
    if re.fullmatch(r"\d{17}[\dXx]", text):
        return f"{text[:6]}{'*' * 8}{text[14:]}"
    if re.fullmatch(r"\d{15}", text):
        return f"{text[:6]}{'*' * 6}{text[12:]}"
    return "*" * len(text) if len(text) < 6 else f"{'*' * (len(text) - 2)}{text[-2:]}"


def mask_phone(number: str) -> str:
    """`138****0000`; a landline keeps its area code and last two digits; others their last two at most."""
    text = re.sub(r"\s", "", number)
    if re.fullmatch(r"1\d{10}", text):
        return f"{text[:3]}****{text[7:]}"
    landline = re.fullmatch(r"(0\d{2,3}-)(\d{7,8})", text)
    if landline:
        return f"{landline[1]}{'*' * (len(landline[2]) - 2)}{landline[2][-2:]}"
    return "*" * len(text) if len(text) < 6 else f"{'*' * (len(text) - 2)}{text[-2:]}"
