"""Rows of a file as columns of ours: where an intake profile meets what the file holds."""

from __future__ import annotations

import json
import marshal
import pickle
import re
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from heatmaps.complaints.objects import OVERFLOW, object_rows
from heatmaps.complaints.profiles import ANY_VALUE, PAIRS, Profile, folded, wkt_start

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from heatmaps.quarantine import Refused

EXTRA = "extra"
"""The column of ours that holds the foreign ones a profile keeps."""

_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?")


class Rows(Protocol):
    """Some rows of a file in its order, as a reader of any format gives them.

    `line` says where each stands: its physical line, the sheet's row, or its number in a Parquet
    file, from 1. `refused` are rows beside them that fit no header.
    """

    @property
    def header(self) -> tuple[str, ...]:
        """The file's own names of its columns."""
        ...

    @property
    def line(self) -> Sequence[int]:
        """Where each row stands, from 1."""
        ...

    @property
    def refused(self) -> list[Refused]:
        """Rows that could not be read."""
        ...

    def texts(self, place: int) -> list[str]:
        """Give a column as texts, as a CSV would hold them; empty where absent."""
        ...

    def raw(self, position: int) -> str:
        """Give a row as the file had it, a JSON object under the file's own names."""
        ...


@dataclass(frozen=True, slots=True)
class TextRows:
    """Rows that are lists of texts, each as long as the header."""

    header: tuple[str, ...]
    line: Sequence[int]
    rows: Sequence[Sequence[str]]
    refused: list[Refused]

    def texts(self, place: int) -> list[str]:
        """Give a column."""
        return list(map(itemgetter(place), self.rows))

    def raw(self, position: int) -> str:
        """Give a row as a JSON object."""
        return raw_row(self.header, self.rows[position])

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle texts the fast way: a batch has a million, and none of them twice."""
        packed = marshal.dumps(self.rows)  # type: ignore[arg-type]  # lists and tuples of texts
        return _text_rows, (self.header, self.line, packed, self.refused)


def _text_rows(
    header: tuple[str, ...], line: Sequence[int], rows: bytes, refused: list[Refused]
) -> TextRows:
    return TextRows(header, line, marshal.loads(rows), refused)  # noqa: S302 - from our own process


class PackedRows:
    """Rows of another process, unpacked when they are asked for, which is seldom."""

    def __init__(self, rows: Rows) -> None:
        self.header, self.line, self.refused = rows.header, rows.line, rows.refused
        self._packed = pickle.dumps(rows)
        self._unpacked: Rows | None = None

    def texts(self, place: int) -> list[str]:
        """Give a column."""
        return self._rows().texts(place)

    def raw(self, position: int) -> str:
        """Give a row as a JSON object."""
        return self._rows().raw(position)

    def _rows(self) -> Rows:
        if self._unpacked is None:
            self._unpacked = pickle.loads(self._packed)  # noqa: S301 - from our own process
        return self._unpacked


@dataclass(frozen=True, slots=True)
class RowBatch:
    """Some rows of a file in its order, as columns of ours that nobody has validated yet.

    `columns` holds the columns of ours that the file or the profile gives, each a list as long as
    `line`: stripped texts, mapped by the profile, None where empty. `line` says where each row
    stands, see `Rows`. `refused` are rows that do not fit the header; `left_out` counts those that
    the profile's `only` keeps out.
    """

    line: NDArray[np.int64]
    columns: dict[str, list[str | None]]
    refused: list[Refused]
    left_out: int
    rows: Rows
    kept: NDArray[np.int64]

    def __len__(self) -> int:
        """Give the number of rows to validate."""
        return len(self.line)

    @property
    def rows_in(self) -> int:
        """All rows read: to validate, refused and left out."""
        return len(self) + len(self.refused) + self.left_out

    def column(self, ours: str) -> list[str | None]:
        """Give one of our columns, all None where neither file nor profile gives it."""
        return self.columns.get(ours) or [None] * len(self)

    def raw(self, position: int) -> str:
        """Give a row as the file had it, a JSON object under the file's own names."""
        return self.rows.raw(int(self.kept[position]))


def map_rows(profile: Profile, rows: Rows) -> RowBatch:
    """Apply a profile to rows of a file."""
    header, line = rows.header, np.array(rows.line, dtype=np.int64)
    kept = _kept(profile, rows)
    left_out = len(line) - len(kept)

    def texts(place: int) -> list[str]:
        column = rows.texts(place)
        chosen = [column[row] for row in kept.tolist()] if left_out else column
        return list(map(str.strip, chosen))

    columns: dict[str, list[str | None]] = {
        ours: [value] * len(kept) for ours, value in profile.defaults.items()
    }
    for ours, places in profile.positions(header).items():
        mapping, default = profile.values.get(ours), profile.defaults.get(ours)
        joined = _joined([texts(place) for place in places], profile.between(ours))
        columns[ours] = _translated(joined, mapping, default)
    for pair, ours_both in PAIRS.items():
        if pair in columns:
            columns |= zip(ours_both, _parted(columns.pop(pair), ours_both), strict=True)
    if profile.keep:
        at = {folded(name): place for place, name in enumerate(header)}
        extra = {name: texts(at[folded(name)]) for name in profile.keep if folded(name) in at}
        columns[EXTRA] = _extra(extra, len(kept))
    return RowBatch(line[kept], columns, rows.refused, left_out, rows, kept)


def map_objects(
    profile: Profile, lines: Sequence[int], objects: Sequence[Mapping[str, object]]
) -> RowBatch:
    """Apply a profile to rows given as objects under the file's names, such as quarantined ones.

    Objects may differ in their names; what one lacks is empty in it.
    """
    return map_rows(profile, object_rows(profile, lines, objects))


def raw_row(header: Sequence[str], row: Sequence[str]) -> str:
    """Give a row as a JSON object; fields beyond the header stand under `OVERFLOW`."""
    named: dict[str, object] = dict(zip(header, row, strict=False))
    if len(row) > len(header):
        named[OVERFLOW] = list(row[len(header) :])
    return json.dumps(named, ensure_ascii=False)


def _kept(profile: Profile, rows: Rows) -> NDArray[np.int64]:
    places = {folded(name): place for place, name in enumerate(rows.header)}
    count = len(rows.line)
    kept = np.ones(count, dtype=np.bool_)
    for theirs, wanted in profile.only.items():
        place = places.get(folded(theirs))
        texts = [""] * count if place is None else rows.texts(place)
        good = {folded(value) for value in wanted}
        hits = {text: folded(text) in good for text in set(texts)}
        kept &= np.fromiter((hits[text] for text in texts), dtype=np.bool_, count=count)
    return np.flatnonzero(kept)


def _joined(parts: list[list[str]], between: str | None) -> list[str]:
    """Give the values that are one of ours together, empty ones left out."""
    if between is None:
        return parts[0]
    return [between.join(filter(None, row)) for row in zip(*parts, strict=True)]


def _translated(
    texts: list[str], mapping: dict[str, str] | None, default: str | None
) -> list[str | None]:
    if not mapping:
        return [text or default for text in texts]
    words = {folded(theirs): ours for theirs, ours in mapping.items()}
    rest = words.pop(ANY_VALUE, None)
    known = {
        text: words.get(folded(text), text if rest is None or not text else rest) or default
        for text in set(texts)
    }
    return [known[text] for text in texts]


def _parted(
    texts: list[str | None], order: tuple[str, str]
) -> tuple[list[str | None], list[str | None]]:
    """Part "59.93, 30.33", "59,93; 30,33" or "POINT(30.33 59.93)" into its two numbers.

    They come out in the order that the profile says, though a point in WKT has its own. A text that
    does not hold exactly two stays whole in the first, for validation to refuse.
    """
    pairs = [_numbers(text, order) if text else [None, None] for text in texts]
    sound = [
        pair if len(pair) == len(PAIRS) else [text, None]
        for pair, text in zip(pairs, texts, strict=True)
    ]
    return [first for first, _ in sound], [second for _, second in sound]


def _numbers(text: str, order: tuple[str, str]) -> list[str]:
    start = wkt_start(text)
    found = _NUMBER.findall(_spaced(text[start:]))
    return found[::-1] if start and order != PAIRS["lon_lat"] else found


def _spaced(text: str) -> str:
    """Put a space for the comma that parts two numbers, and leave the decimal ones."""
    return text.replace(",", " ") if text.count(",") == 1 or "." in text else text


def _extra(kept: dict[str, list[str]], rows: int) -> list[str | None]:
    """Write the kept columns as one JSON object a row, equal whatever order the file has."""
    names = sorted(kept)
    if not names:
        return [None] * rows
    found = (
        {name: text for name, text in zip(names, row, strict=True) if text}
        for row in zip(*(kept[name] for name in names), strict=True)
    )
    return [
        json.dumps(one, ensure_ascii=False, separators=(",", ":")) if one else None for one in found
    ]
