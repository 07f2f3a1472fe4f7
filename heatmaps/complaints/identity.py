"""Rows that name a thing which was named before: nothing tells which of them is right."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from heatmaps.complaints.record import content_hashes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from heatmaps.complaints.faults import Faults
    from heatmaps.complaints.rows import RowBatch


@dataclass(slots=True)
class Seen:
    """The ids that a row may not name again, and what to say of one that does."""

    ids: set[str] = field(default_factory=set)
    said: str = "came before in the file; keep one of them"


def identities(*columns: Sequence[str | None]) -> list[int | None]:
    """Give a hash of what each row is about, from its parts; None where one of them is missing."""
    hashes = content_hashes([list(column) for column in columns]).tolist()
    rows = zip(hashes, zip(*columns, strict=True), strict=True)
    return [None if None in parts else each for each, parts in rows]


def stored_before(ids: set[str]) -> Seen:
    """Give the ids that a replayed row may not name: it must not overwrite what came after it."""
    return Seen(ids, "is stored already, from a later row or file; load a corrected file instead")


def refuse_repeated(rows: RowBatch, name: str, faults: Faults, seen: Seen) -> None:
    """Refuse the rows, good so far, whose id was seen; those of the others are added to it."""
    column, kept = rows.column(name), faults.kept()
    again = np.zeros(len(rows), dtype=np.bool_)
    for row in range(len(rows)) if kept is None else kept:
        value = column[row] or ""
        again[row] = value in seen.ids
        seen.ids.add(value)
    faults.refuse(again, seen.said, name)
