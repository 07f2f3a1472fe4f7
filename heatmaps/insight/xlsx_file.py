"""XLSX: one sheet a table, and one that says what the columns hold; no text is ever a formula."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ERROR_CODES
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from heatmaps.errors import UsageError
from heatmaps.insight.arrow import GEOMETRY, array_of, visible, wkt_column

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import tzinfo
    from pathlib import Path

    from openpyxl.cell.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

    from heatmaps.insight.sheets import Sheet

ROWS_A_SHEET = 1_048_576
CHARACTERS_A_CELL = 32_767
EXACT_DIGITS = 10**15
"""Above this Excel rounds a number; such a one is written as text."""

ABOUT = "columns"
ROWS_A_STEP = 5_000
WIDEST, NARROWEST = 60, 8

_RISKY = re.compile(r"[\s'\"]*[=+\-@＝＋－＠]|[\t\r\n]")
_ESCAPE_LIKE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


def write_xlsx(
    sheets: Sequence[Sheet], path: Path, zone: tzinfo, advance: Callable[[int, int], None]
) -> None:
    """Write the sheets with their moments in `zone`; UsageError where one has too many rows."""
    for sheet in sheets:
        _check_rows(sheet, path)
    book = Workbook(write_only=True)
    cut = {sheet.name: _add_sheet(book, sheet, zone, advance) for sheet in sheets}
    _add_about(book, sheets, cut, zone)
    book.save(path)


def _check_rows(sheet: Sheet, path: Path) -> None:
    if len(sheet) >= ROWS_A_SHEET:
        message = (
            f"{path.name} cannot hold the {len(sheet):,} rows of {sheet.name}, since a sheet of "
            f"Excel ends at {ROWS_A_SHEET:,}; write .csv, .gpkg or .parquet."
        )
        raise UsageError(message)


def _add_sheet(
    book: Workbook, sheet: Sheet, zone: tzinfo, advance: Callable[[int, int], None]
) -> int:
    """Add one sheet and give the number of texts that were cut."""
    names, arrays = [column.name for column in sheet.columns], [*map(array_of, sheet.columns)]
    wkt = wkt_column(sheet)
    if wkt is not None:
        names.insert(sheet.shapes_at, GEOMETRY)
        arrays.insert(sheet.shapes_at, pa.array(wkt, pa.string()))
    whole, arrays = arrays, [*map(_fitted, arrays)]
    made = _new(book, sheet.name)
    _lay_out(made, names, arrays)
    made.append(_header(made, names))
    for start in range(0, len(sheet), ROWS_A_STEP):
        step = [_values(array.slice(start, ROWS_A_STEP), zone) for array in arrays]
        for row in zip(*step, strict=True):
            made.append([_cell(made, value) for value in row])
        advance(min(start + ROWS_A_STEP, len(sheet)), len(sheet))
    return sum(_differ(*pair) for pair in zip(whole, arrays, strict=True))


def _new(book: Workbook, name: str) -> Worksheet:
    made: Any = book.create_sheet(name)  # write-only, and like a worksheet in all that is used here
    made.freeze_panes = "A2"
    worksheet: Worksheet = made
    return worksheet


def _lay_out(made: Worksheet, names: Sequence[str], arrays: Sequence[pa.Array]) -> None:
    count = len(arrays[0]) if arrays else 0
    made.auto_filter.ref = f"A1:{get_column_letter(max(len(names), 1))}{count + 1}"
    for number, (name, array) in enumerate(zip(names, arrays, strict=True), start=1):
        longest = pc.max(pc.utf8_length(array)).as_py() if pa.types.is_string(array.type) else 0
        usual = 19 if pa.types.is_timestamp(array.type) else NARROWEST
        width = min(max(len(name) + 3, longest or 0, usual), WIDEST)
        made.column_dimensions[get_column_letter(number)].width = width


def _header(made: Worksheet, names: Sequence[str]) -> list[Cell]:
    cells = [WriteOnlyCell(made, value=name) for name in names]
    for cell in cells:
        cell.font = Font(bold=True)
    return cells


def _values(array: pa.Array, zone: tzinfo) -> list[Any]:
    if not pa.types.is_timestamp(array.type):
        values: list[Any] = array.to_pylist()
        return values
    return [m and m.astimezone(zone).replace(tzinfo=None) for m in array.to_pylist()]


def _cell(made: Worksheet, value: Any) -> Any:  # noqa: ANN401 - what a cell may hold
    """Give what is appended: the value itself, or a cell that is forced to be text."""
    if isinstance(value, int) and abs(value) >= EXACT_DIGITS:
        return str(value)
    if not isinstance(value, str):
        return value
    text = _ESCAPE_LIKE.sub("_x005F_", value)
    if not (_RISKY.match(text) or text in ERROR_CODES):
        return text
    cell = WriteOnlyCell(made, value=text)
    cell.data_type = "s"
    cell.quotePrefix = True
    return cell


def _fitted(array: pa.Array) -> pa.Array:
    """Give texts cut to what a cell can hold; anything else as it is."""
    if not pa.types.is_string(array.type):
        return array
    longest = pc.max(pc.binary_length(array)).as_py() or 0
    if longest <= CHARACTERS_A_CELL:  # UTF-8 never has fewer bytes than UTF-16 has units
        return array
    return pa.array([text and _cut(text) for text in array.to_pylist()], pa.string())


def _cut(text: str) -> str:
    """Give the text, its end replaced by its length where Excel, counting in UTF-16, refuses it."""
    units = text.encode("utf-16-le")
    if len(units) <= 2 * CHARACTERS_A_CELL:
        return text
    mark = f"… (cut, {len(text):,} characters)"
    room = 2 * (CHARACTERS_A_CELL - len(mark))
    return units[:room].decode("utf-16-le", errors="ignore") + mark


def _differ(one: pa.Array, other: pa.Array) -> int:
    return 0 if one is other else int(pc.sum(pc.not_equal(one, other)).as_py() or 0)


def _add_about(book: Workbook, sheets: Sequence[Sheet], cut: dict[str, int], zone: tzinfo) -> None:
    made = _new(book, ABOUT)
    for letter, width in zip("ABC", (24, 26, 100), strict=True):
        made.column_dimensions[letter].width = width
    made.append(_header(made, ("sheet", "column", "what it holds")))
    for sheet in sheets:
        if sheet.says:
            made.append(_told(made, sheet.name, "", sheet.says))
        for column in sheet.columns:
            made.append(_told(made, sheet.name, column.name, column.says))
        if wkt_column(sheet) is not None:
            made.append(_told(made, sheet.name, GEOMETRY, "shape as WKT, WGS 84 degrees, lon lat"))
        if cut[sheet.name]:
            note = f"{cut[sheet.name]} texts are longer than a cell can hold and are marked as cut"
            made.append(_told(made, sheet.name, "", note))
    made.append(_told(made, "", "", f"All times are local times of {zone}."))


def _told(made: Worksheet, *texts: str) -> list[Any]:
    cells = []
    for text in texts:
        cell = WriteOnlyCell(made, value=visible(text))
        cell.data_type = "s"
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        cells.append(cell)
    return cells
