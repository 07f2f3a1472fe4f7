"""Rows of a file with the complaints they became: what an intake takes in at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from heatmaps.complaints.preview import Preview, preview
from heatmaps.complaints.readers import read_batches
from heatmaps.complaints.validation import Intake, validate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from heatmaps.complaints.readers import CheckedFile
    from heatmaps.complaints.record import ComplaintBatch
    from heatmaps.complaints.rows import RowBatch
    from heatmaps.quarantine import Refused


@dataclass(frozen=True, slots=True)
class CheckedRows:
    """Some rows in their file's order, the complaints they became, and those refused by line.

    `preview` shows a file's first rows, and is None in all but the first of it.
    """

    rows: RowBatch
    complaints: ComplaintBatch
    refused: list[Refused]
    preview: Preview | None = None


def checked_rows(rows: RowBatch, intake: Intake) -> CheckedRows:
    """Validate one batch of rows."""
    return CheckedRows(rows, *validate(rows, intake))


def checked_rows_of(checked: CheckedFile, intake: Intake) -> Iterator[CheckedRows]:
    """Give all rows of a file, some at a time."""
    shown: Preview | None = None
    for rows in read_batches(checked):
        first = None if shown else preview(checked, rows)
        shown = shown or first
        yield CheckedRows(rows, *validate(rows, intake), first)
