"""One column of texts at a time becomes words, truths or numbers; what is none is refused."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from heatmaps.complaints.profiles import folded

if TYPE_CHECKING:
    from enum import StrEnum

    from numpy.typing import NDArray

    from heatmaps.complaints.faults import Faults
    from heatmaps.complaints.rows import RowBatch

Meant = TypeVar("Meant")

MAX_LENGTH = {
    "external_id": 128,
    "source": 64,
    "owner": 200,
    "transferred_to": 200,
    "customer_id": 128,
    "name": 300,
    "contact": 320,
    "address": 500,
    "city": 200,
    "location_source": 64,
    "serving_cell": 64,
    "brand": 64,
    "text": 20_000,
    "extra": 20_000,
}
"""Characters a free text may have; every other column is a word, a number or a time."""

_MAX_WORD = 64

_TRUTHS = {
    **dict.fromkeys(("true", "1", "yes", "да", "иә"), True),
    **dict.fromkeys(("false", "0", "no", "нет", "жоқ"), False),
}

_IDS = ("external_id", "customer_id", "site_id", "sector_id", "event_id")
_CUT = re.compile(r"[+-]?\d(?:[.,]\d+[eE]\+?|[eE]\+)\d{1,3}")
"""What a spreadsheet makes of a long number. A power without sign and point is left: `7E10` may be
an id."""

_LONGEST_TRUTH = len("false")
_SPACES = re.compile(r"\s")
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+,\d*")
_PERHAPS_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")


def is_cut(text: str) -> bool:
    """Say whether a text is a number in powers of ten, as spreadsheets write ids they cut off."""
    return _CUT.fullmatch(text) is not None


def check_texts(rows: RowBatch, faults: Faults) -> None:
    """Refuse the texts that no store can hold: with NUL, half a character, or overlong.

    And the ids that are none: cut by a spreadsheet, they make many things one, as truths do.
    """
    for name, column in rows.columns.items():
        limit = MAX_LENGTH.get(name, _MAX_WORD)
        texts = list(filter(None, column))
        joined = "".join(texts)
        if "\0" in joined:
            nul = [text is not None and "\0" in text for text in column]
            faults.refuse(nul, "holds a NUL character; remove it", name)
        if not _is_whole(joined):
            half = [text is not None and not _is_whole(text) for text in column]
            faults.refuse(half, "holds half a character; write it in UTF-8", name)
        if max(map(len, texts), default=0) > limit:
            long = [text is not None and len(text) > limit for text in column]
            faults.refuse(
                long, f"is longer than the {limit:,} characters that fit; shorten it", name
            )
        if name in _IDS:
            if any(map(_CUT.fullmatch, texts)):
                cut = [text is not None and is_cut(text) for text in column]
                faults.refuse(cut, "was cut by a spreadsheet; export the column as text", name)
            said = {text for text in texts if len(text) <= _LONGEST_TRUTH}
            truth = {text for text in said if folded(text) in {"true", "false"}}
            if truth:
                are = [text in truth for text in column]
                faults.refuse(are, "is no id but a truth; name the column of the ids", name)


def words(
    rows: RowBatch, name: str, fixed: type[StrEnum], default: str | None, faults: Faults
) -> list[str | None]:
    """Give a column of words with fixed values, in any case in the file; `default` where absent."""
    known = {word.value: word.value for word in fixed}
    column = rows.column(name)
    meant = {text: default if text is None else known.get(folded(text)) for text in set(column)}
    strange = {text for text in meant if text is not None and meant[text] is None}
    if strange:
        what = f"is not one of {', '.join(known)}; map it in the profile's [values.{name}]"
        faults.refuse([text in strange for text in column], what, name)
    return _meaning(column, meant)


def truths(rows: RowBatch, name: str, faults: Faults) -> list[bool | None]:
    """Give a column of booleans, None where absent."""
    column = rows.column(name)
    meant = {text: None if text is None else _TRUTHS.get(folded(text)) for text in set(column)}
    strange = {text for text in meant if text is not None and meant[text] is None}
    if strange:
        what = f"is not true or false; write {', '.join(_TRUTHS)}"
        faults.refuse([text in strange for text in column], what, name)
    return _meaning(column, meant)


def numbers(rows: RowBatch, name: str, faults: Faults, *, comma: bool) -> NDArray[np.float64]:
    """Give a column of finite numbers, NaN where absent; a decimal comma is read as a point.

    With `comma` three digits after a comma are decimals too, and points before one part thousands;
    without it both may as well be the other, and the row is refused rather than guessed.
    """
    column = rows.column(name)
    if column.count(None) == len(column):
        return np.full(len(column), np.nan)
    try:
        read = [np.nan if text is None else float(text) for text in column]
    except ValueError:
        read = [np.nan if text is None else _number(text, comma=comma) for text in column]
    values = np.array(read, dtype=np.float64)
    doubtful = ~np.isfinite(values)
    if doubtful.any():
        wrong = [bool(bad) and text is not None for bad, text in zip(doubtful, column, strict=True)]
        faults.refuse(wrong, "is not a number; write it like 1234.5, or leave it empty", name)
    return values


def _meaning(column: list[str | None], meant: dict[str | None, Meant]) -> list[Meant]:
    """Give what each text of a column means; most columns of a file say one thing throughout."""
    if len(meant) == 1:
        return [*meant.values()] * len(column)
    return [meant[text] for text in column]


def _number(text: str, *, comma: bool) -> float:
    bare = _SPACES.sub("", text)
    if not comma and _PERHAPS_THOUSANDS.fullmatch(bare):
        return np.nan
    if comma and _GROUPED.fullmatch(bare):
        bare = bare.replace(".", "")
    try:
        return float(bare if "." in bare else bare.replace(",", ".", 1))
    except ValueError:
        return np.nan


def _is_whole(text: str) -> bool:
    """Say whether a text is sound Unicode; JSON may smuggle in half a surrogate pair."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
