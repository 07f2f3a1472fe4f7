"""Steps over words that read numbers belonging to a name: ordinals, anniversaries, kilometres."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from heatmaps.geocoding.normal_form.pack import word_set
from heatmaps.geocoding.normal_form.type_typos import counted_type

if TYPE_CHECKING:
    from collections.abc import Sequence

    from heatmaps.geocoding.normal_form.draft import Draft
    from heatmaps.geocoding.normal_form.pack import Pack

ENDINGS = word_set("ый ий ой ого ая ья яя ое ье го й я е х ти")
MAYBE_ORDINAL = re.compile(r"(\d{1,4})(?:я|-(?:[ехым]|ти|ми|му))")
_PLAIN = re.compile(r"(\d{1,4})(?:-й)?")
KILOMETRES = frozenset({"км", "километр", "километре"})
KILOMETRE = "километр"
_WORD = 2
_NAMED = 4
_YEARS = frozenset({"лет", "летия", "летие"})


def read_ordinals(draft: Draft, _pack: Pack) -> None:
    """``1 ая советская`` and ``1я советская`` → ``1-й советская``; ``дом 5я`` stays."""
    read = list(draft.tokens)
    for i in range(len(read) - 1, -1, -1):
        following = read[i + 1] if i + 1 < len(read) else ","
        if not (_is_word(following) or following.endswith("-й")):
            continue
        maybe = MAYBE_ORDINAL.fullmatch(read[i])
        if maybe:
            read[i] = f"{maybe[1]}-й"
        elif read[i] in ENDINGS and i and read[i - 1].isdigit():
            read[i - 1 : i + 1] = [f"{read[i - 1]}-й"]
    draft.tokens = read


def _is_word(token: str) -> bool:
    return token[0].isalpha() and len(token) >= _WORD


def mend_counted_type(draft: Draft, pack: Pack) -> None:
    """``24-й лиия`` → ``24-й линия``: beside an ordinal and without another type it is one."""
    tokens = draft.tokens
    if any(pack.types.get(token, ("",))[0] == "street" for token in tokens):
        return
    for i, token in enumerate(tokens):
        beside = tokens[i - 1 : i] + tokens[i + 1 : i + 2] if i else tokens[1:2]
        meant = counted_type(token, pack) if any(t.endswith("-й") for t in beside) else ""
        if meant and pack.types[meant][0] == "street":
            tokens[i] = meant
            draft.changes.append(f"typo:{token}→{meant}")
            return


def read_spelled(draft: Draft, pack: Pack) -> None:
    """``двадцать пятая`` → ``25-й``, ``сорокалетия`` and ``10 л октября`` → ``40 лет``."""
    read: list[str] = []
    for i, token in enumerate(draft.tokens):
        shortened = _years(draft.tokens, i, pack)
        if shortened:
            read.append(shortened)
            continue
        ones = pack.words.get(token, "")
        if read and read[-1] in pack.tens and ones.endswith("-й") and len(ones) == len("1-й"):
            read[-1] = f"{pack.tens[read[-1]] + int(ones[:-2])}-й"
        elif token in _YEARS and read and read[-1] in pack.cardinals:
            read[-1:] = [pack.cardinals[read[-1]], "лет"]
        elif token in pack.years:
            read += [pack.years[token], "лет"]
        else:
            read.append(token)
    draft.tokens = read


def _years(tokens: Sequence[str], at: int, pack: Pack) -> str:
    """Give what a single letter stands for behind a year, ``1905 г``, or an age, ``10 л октября``.

    A type stands in front or another number follows, for this one to be no house's.
    """
    before = tokens[at - 1] if at and tokens[at - 1].isdigit() else ""
    if tokens[at] not in {"г", "л"} or not before:
        return ""
    typed = at > 1 and pack.types.get(tokens[at - 2], ("",))[0] == "street"
    if not (typed or any(token[0].isdigit() for token in tokens[at + 1 :])):
        return ""
    following = tokens[at + 1] if at + 1 < len(tokens) else ","
    if tokens[at] == "г" and is_year(before):
        return "года"
    named = following.isalpha() and len(following) >= _NAMED
    return "лет" if tokens[at] == "л" and not int(before) % 5 and named else ""


def is_year(number: str) -> bool:
    """Tell whether a number is a year that a street may be named after."""
    return len(number) == len("1905") and number.startswith(("18", "19", "20"))


def join_kilometres(draft: Draft, _pack: Pack) -> None:
    """``ярославское шоссе , 12 км`` → ``ярославское шоссе километр12``: a part of the street."""
    tokens = draft.tokens
    for i, token in enumerate(tokens):
        number = _number_beside(tokens, i) if token in KILOMETRES else ""
        if not number:
            continue
        start, end = (i - 1, i + 1) if _PLAIN.fullmatch(tokens[i - 1] if i else "") else (i, i + 2)
        before, after = tokens[:start], tokens[end:]
        if before and before[-1] == ",":
            before = before[:-1]
        draft.tokens = [*before, f"{KILOMETRE}{number}", *_in_nominative(after)]
        return


def _number_beside(tokens: Sequence[str], i: int) -> str:
    """Give the number before a ``км``, else the one behind it."""
    for token in (tokens[i - 1] if i else "", tokens[i + 1] if i + 1 < len(tokens) else ""):
        found = _PLAIN.fullmatch(token)
        if found:
            return found[1]
    return ""


def _in_nominative(tokens: Sequence[str]) -> list[str]:
    """``ярославского шоссе``, as it stands behind a kilometre, → ``ярославское шоссе``."""
    if len(tokens) >= _WORD and tokens[0].endswith("ского") and tokens[1] in {"шоссе", "ш"}:
        return [tokens[0].removesuffix("ого") + "ое", *tokens[1:]]
    return list(tokens)
