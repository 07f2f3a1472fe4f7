"""Rows of an Objects file become vulnerable objects; rows that cannot be true are refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from heatmaps.complaints.faults import Faults
from heatmaps.complaints.fields import check_texts, numbers, words
from heatmaps.complaints.identity import refuse_repeated
from heatmaps.complaints.validation import check_position
from heatmaps.region.objects import ObjectKind, VulnerableObject

if TYPE_CHECKING:
    from heatmaps.complaints.identity import Seen
    from heatmaps.complaints.rows import RowBatch
    from heatmaps.complaints.validation import Bounds
    from heatmaps.quarantine import Refused

_REQUIRED = ("object_id", "kind", "lat", "lon")


class ValidatedObjects(NamedTuple):
    """What became of a batch: `objects` in file order and the `refused` rows by line.

    `outside` counts the objects outside the loaded region.
    """

    objects: list[VulnerableObject]
    refused: list[Refused]
    outside: int


def validate_objects(rows: RowBatch, bounds: Bounds | None, seen: Seen) -> ValidatedObjects:
    """Turn a batch of rows into vulnerable objects, refusing every row with an impossible value.

    `seen` are the object ids of earlier batches, and is added to: of two rows with one id the later
    is refused.
    """
    faults = Faults(rows)
    for name in _REQUIRED:
        faults.refuse_absent(name)
    check_texts(rows, faults)
    kind = words(rows, "kind", ObjectKind, None, faults)
    lat, lon = (numbers(rows, name, faults, comma=True) for name in ("lat", "lon"))
    outside = check_position(lat, lon, bounds, faults)
    refuse_repeated(rows, "object_id", faults, seen)
    kept = faults.kept()
    good = list(range(len(rows))) if kept is None else kept
    object_id, called = rows.column("object_id"), rows.column("name")
    objects = [
        VulnerableObject(
            object_id[row] or "",
            ObjectKind(kind[row] or ""),
            called[row],
            float(lat[row]),
            float(lon[row]),
        )
        for row in good
    ]
    return ValidatedObjects(objects, faults.refused(object_id), int(outside[good].sum()))
