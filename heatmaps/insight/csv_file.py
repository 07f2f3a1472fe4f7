"""CSV: UTF-8 without a mark, comma, CRLF lines; texts that a spreadsheet would run are disarmed."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from heatmaps.insight.arrow import GEOMETRY, table_of, with_iso_times, wkt_column

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from heatmaps.insight.sheets import Sheet

ROWS_A_STEP = 20_000

# OWASP, "CSV Injection": = + - @ and their full-width forms, also behind blanks and quotes; tab,
# carriage return and line feed. A spreadsheet whose list separator is ; splits a comma file there.
_BEHIND = r"([;\t\r\n][\s\pZ\x{85}'\"]*)([=+\-@＝＋－＠])"
_LEADING = r"^([\s\pZ\x{85}'\"]*[=+\-@＝＋－＠]|[\t\r\n])"


def write_csv(sheet: Sheet, path: Path, advance: Callable[[int, int], None]) -> None:
    """Write one sheet; booleans are true and false, an absent value is an empty field."""
    table = with_iso_times(table_of(sheet))
    table = pa.table([_plain(c) for c in table.columns], names=table.column_names)
    wkt = wkt_column(sheet)
    if wkt is not None:
        table = table.add_column(sheet.shapes_at, GEOMETRY, pa.array(wkt, pa.string()))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(table.column_names)
        done = 0
        for batch in table.to_batches(ROWS_A_STEP):
            writer.writerows(zip(*(column.to_pylist() for column in batch.columns), strict=True))
            done += len(batch)
            advance(done, len(table))


def disarmed(texts: pa.Array) -> pa.Array:
    """Give texts with an apostrophe before each formula, so that it is read as text."""
    texts = pc.replace_substring_regex(texts, _BEHIND, r"\1'\2")
    return pc.replace_substring_regex(texts, _LEADING, r"'\1")


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_string(column.type):
        return disarmed(column)
    if pa.types.is_boolean(column.type):
        return column.cast(pa.string())
    return column
