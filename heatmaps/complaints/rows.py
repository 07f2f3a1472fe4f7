"""Rows of a file as columns of ours: where an intake profile meets what the file holds."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from heatmaps.complaints.profiles import ANY_VALUE, Profile, folded
from heatmaps.quarantine import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

OVERFLOW = ""
"""In a raw row: the name under which fields beyond the header stand, as a list."""


@dataclass(frozen=True, slots=True)
class RowBatch:
    """Some rows of a file in its order, as columns of ours that nobody has validated yet.

    `columns` holds the columns of ours that the file or the profile gives, each a list as long as
    `line`: stripped texts, mapped by the profile, None where empty. `line` is the physical line of
    each row, from 1. `refused` are rows that do not fit the header; `left_out` counts those that
    the profile's `only` keeps out.
    """

    header: tuple[str, ...]
    line: NDArray[np.int64]
    rows: list[Sequence[str]]
    columns: dict[str, list[str | None]]
    refused: list[Refused]
    left_out: int

    def __len__(self) -> int:
        """Give the number of rows to validate."""
        return len(self.rows)

    @property
    def rows_in(self) -> int:
        """All rows read: to validate, refused and left out."""
        return len(self.rows) + len(self.refused) + self.left_out

    def column(self, ours: str) -> list[str | None]:
        """Give one of our columns, all None where neither file nor profile gives it."""
        return self.columns.get(ours) or [None] * len(self)

    def raw(self, position: int) -> str:
        """Give a row as the file had it, a JSON object under the file's own names."""
        return raw_row(self.header, self.rows[position])


def map_rows(
    profile: Profile,
    header: tuple[str, ...],
    lines: Sequence[int],
    rows: Sequence[Sequence[str]],
    refused: list[Refused],
) -> RowBatch:
    """Apply a profile to rows that are each as long as `header`."""
    kept = _kept(profile, header, rows)
    chosen = rows if len(kept) == len(rows) else [rows[position] for position in kept]
    columns: dict[str, list[str | None]] = {
        ours: [value] * len(chosen) for ours, value in profile.defaults.items()
    }
    for ours, place in profile.positions(header).items():
        texts = [row[place].strip() for row in chosen]
        default = profile.defaults.get(ours)
        columns[ours] = _translated(texts, profile.values.get(ours), default)
    line = np.array(lines, dtype=np.int64)[kept]
    return RowBatch(header, line, list(chosen), columns, refused, len(rows) - len(chosen))


def map_objects(
    profile: Profile, lines: Sequence[int], objects: Sequence[Mapping[str, object]]
) -> RowBatch:
    """Apply a profile to rows given as objects under the file's names, such as quarantined ones.

    Objects may differ in their names; what one lacks is empty in it.
    """
    header = tuple(dict.fromkeys(name for each in objects for name in each if name != OVERFLOW))
    fitting = [position for position, each in enumerate(objects) if not each.get(OVERFLOW)]
    refused = [
        Refused(line, _overflow(each), json.dumps(each, ensure_ascii=False))
        for line, each in zip(lines, objects, strict=True)
        if each.get(OVERFLOW)
    ]
    rows = [[_text(objects[position].get(name)) for name in header] for position in fitting]
    return map_rows(profile, header, [lines[position] for position in fitting], rows, refused)


def raw_row(header: Sequence[str], row: Sequence[str]) -> str:
    """Give a row as a JSON object; fields beyond the header stand under `OVERFLOW`."""
    named: dict[str, object] = dict(zip(header, row, strict=False))
    if len(row) > len(header):
        named[OVERFLOW] = list(row[len(header) :])
    return json.dumps(named, ensure_ascii=False)


def _kept(
    profile: Profile, header: tuple[str, ...], rows: Sequence[Sequence[str]]
) -> NDArray[np.int64]:
    places = {folded(name): place for place, name in enumerate(header)}
    kept = np.ones(len(rows), dtype=np.bool_)
    for theirs, wanted in profile.only.items():
        place = places.get(folded(theirs))
        texts = [""] * len(rows) if place is None else [row[place] for row in rows]
        good = {folded(value) for value in wanted}
        hits = {text: folded(text) in good for text in set(texts)}
        kept &= np.fromiter((hits[text] for text in texts), dtype=np.bool_, count=len(rows))
    return np.flatnonzero(kept)


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


def _text(value: object) -> str:
    """Give a JSON value as a CSV would hold it."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _overflow(row: Mapping[str, object]) -> str:
    return f"The row has fields beyond the header, {row[OVERFLOW]!r:.80}; quote the delimiter."
