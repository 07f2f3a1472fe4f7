"""Rows of a sheet of an XLSX workbook: typed cells as the texts that a CSV would hold."""

from __future__ import annotations

import json
import warnings
import zipfile
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from itertools import islice
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, Any

from heatmaps.complaints.delimited import column_names
from heatmaps.complaints.objects import number_as_text
from heatmaps.complaints.packing import MAX_ROWS, check_package
from heatmaps.complaints.profiles import folded
from heatmaps.complaints.rows import TextRows, raw_row
from heatmaps.complaints.sources import BATCH_CHARACTERS
from heatmaps.errors import FileError
from heatmaps.quarantine import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from heatmaps.complaints.profiles import Profile

_IN_MEMORY = 1 << 25
"""Bytes of rows held in memory; more than these go to a temporary file without a name."""


_EXACT = 10**15
"""Whole numbers up to here are exact in a sheet: Excel keeps 15 digits and fills up with zeros."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet that was read to its end; `lines` are its rows as texts, after the header.

    The sheet is parsed once, since that takes ten times as long as reading the texts again.
    """

    path: Path
    name: str
    header: tuple[str, ...]
    rows: int
    lines: IO[bytes]

    def read(self, size: int) -> Iterator[TextRows]:
        """Give the rows in the sheet's order; a line is the sheet's row, from 1.

        A row with values beyond the header is refused.
        """
        self.lines.seek(0)
        width, given = len(self.header), map(json.loads, self.lines)
        while batch := list(_taken(given, size)):
            fitting = [(line, row) for line, row in batch if len(row) <= width]
            yield TextRows(
                self.header,
                [line for line, _ in fitting],
                [row + [""] * (width - len(row)) for _, row in fitting],
                [_beyond(self.header, line, row) for line, row in batch if len(row) > width],
            )


def open_sheet(path: Path, profile: Profile) -> Sheet:
    """Read a whole sheet once: the one that the profile names, else the first.

    Its header is the row that the profile names, else the first that is not blank. FileError where
    the workbook is damaged, larger than any sheet may be, or has no such sheet or header.
    """
    from openpyxl import load_workbook

    check_package(path)
    with path.open("rb") as stored, warnings.catch_warnings():
        # openpyxl warns of styles and extensions that it leaves out, none of which we read.
        warnings.simplefilter("ignore")
        try:
            book = load_workbook(stored, read_only=True, data_only=True, keep_links=False)
        except Exception as error:  # openpyxl lets through whatever a damaged part raises
            raise FileError(_damaged(path, error)) from error
        sheet = _chosen(path, book.worksheets, profile.sheet)
        rows = _rows(path, sheet)
        header = _header(path, sheet.title, rows, profile.header_row)
        lines, count = _spooled(rows)
    return Sheet(path, sheet.title, header, count, lines)


def _chosen(path: Path, sheets: list[Any], wanted: str | None) -> Any:  # noqa: ANN401 - of openpyxl
    titles = ", ".join(repr(sheet.title) for sheet in sheets)
    for sheet in sheets:
        if wanted is None or folded(sheet.title) == folded(wanted):
            return sheet
    if not sheets:
        message = f"File {path} is a workbook without a sheet of cells; export it again."
    else:
        message = (
            f"File {path} has no sheet {wanted!r}, only {titles:.200}; correct the profile's "
            "`sheet`."
        )
    raise FileError(message)


def _rows(path: Path, sheet: Any) -> Iterator[tuple[int, list[str]]]:  # noqa: ANN401 - see above
    """Give the rows that are not blank as texts up to their last, with their numbers."""
    sheet.reset_dimensions()  # what a file declares of itself need not be so
    cells = sheet.iter_rows()
    for number in range(1, MAX_ROWS + 2):
        try:
            row = next(cells, None)
        except Exception as error:  # see above
            raise FileError(_damaged(path, error)) from error
        if row is None:
            return
        texts = [_text(cell) for cell in row]
        while texts and not texts[-1].strip():
            texts.pop()
        if texts:
            yield number, texts
    message = f"File {path} has rows beyond the {MAX_ROWS:,} of a sheet; export it again as CSV."
    raise FileError(message)


def _header(
    path: Path, title: str, rows: Iterator[tuple[int, list[str]]], wanted: int | None
) -> tuple[str, ...]:
    for number, texts in rows:
        if number >= (wanted or 1):
            return column_names(texts)
    where = f" in row {wanted} or below" if wanted else ""
    message = (
        f"Sheet {title!r} of file {path} has no header{where}; name another `sheet` or "
        "`header_row` in the intake profile, or fill it in."
    )
    raise FileError(message)


def _spooled(rows: Iterator[tuple[int, list[str]]]) -> tuple[IO[bytes], int]:
    lines = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - it lives as long as the sheet
    count = 0
    for count, row in enumerate(rows, start=1):  # noqa: B007 - the last count is wanted
        lines.write(json.dumps(row, ensure_ascii=False).encode(errors="surrogatepass") + b"\n")
    return lines, count


def _taken(given: Iterator[Any], size: int) -> Iterator[Any]:
    characters = 0
    for row in islice(given, size):
        yield row
        characters += sum(map(len, row[1])) + len(row[1])
        if characters >= BATCH_CHARACTERS:
            return


def _beyond(header: tuple[str, ...], line: int, row: list[str]) -> Refused:
    reason = (
        f"The row has {len(row)} cells where the header has {len(header)}; name the columns beyond "
        "it, or empty them."
    )
    return Refused(line, reason, raw_row(header, row))


def _text(cell: Any) -> str:  # noqa: ANN401 - of openpyxl, empty or not
    """Give a cell as a CSV would hold it; that of a formula is the value last calculated."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (float, int)):
        return _number(value)
    if isinstance(value, datetime):
        whole_day = value.time() == time() and "h" not in cell.number_format.lower()
        return (value.date() if whole_day else value).isoformat()
    return value.isoformat() if isinstance(value, (date, time)) else str(value)


def _number(value: float) -> str:
    if isinstance(value, float):
        return number_as_text(value, _EXACT)
    return str(value) if abs(value) <= _EXACT else f"{Decimal(value):.16e}"


def _damaged(path: Path, error: Exception) -> str:
    if isinstance(error, (RuntimeError, NotImplementedError, zipfile.BadZipFile)):
        why = "its ZIP cannot be unpacked"
    else:
        why = "its parts do not fit together"
    return f"File {path} is a damaged XLSX workbook ({why}); open it in Excel and save it again."
