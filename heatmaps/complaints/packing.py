"""Whether the package that an XLSX workbook is can be unpacked without harm."""

from __future__ import annotations

import zipfile
import zlib
from typing import TYPE_CHECKING
from xml.parsers import expat

from heatmaps.complaints.encoding import MAX_LINE_BYTES
from heatmaps.complaints.sources import MAX_COLUMNS
from heatmaps.errors import FileError

if TYPE_CHECKING:
    from pathlib import Path

MAX_ROWS = 1_048_576
"""Rows a sheet of Excel may have."""

MAX_SHEET_BYTES = 1 << 31
"""A full sheet of a million rows and thirty columns unpacks to about as much."""

MAX_HELD_BYTES = 1 << 28
"""Unpacked size of a part that is held in memory as a whole, such as the shared strings."""

MAX_ROW_BYTES = 1 << 25
"""A row is held in memory as a whole too."""

MAX_RATIO = 200
"""Sheets of real tables pack 10 to 50 times; only what was made to burst packs so much better."""

_SMALL = 1 << 26
"""Bytes that harm nothing however well they are packed."""

_CHUNK = 1 << 18
_CONTENTS = "[Content_Types].xml"
_SHEETS = "xl/worksheets/"
_COLUMN_LETTERS = len("XFD")


def check_package(path: Path) -> None:
    """Unpack every part of a workbook once, holding little of it, and look for what would burst.

    FileError where the package is damaged, locked or no workbook, where a part is larger than any
    real one, declares entities, or is no XML, and where a row or a cell lies outside any sheet.
    """
    try:
        with zipfile.ZipFile(path) as package:
            if _CONTENTS not in package.namelist() or not any(
                name.startswith("xl/") for name in package.namelist()
            ):
                message = (
                    f"File {path} is a ZIP and no XLSX workbook; unpack it, or save it as XLSX."
                )
                raise FileError(message)
            for part in package.infolist():
                if part.filename.endswith((".xml", ".rels")):
                    _check_size(path, part)
                    _check_part(path, package, part)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
        message = f"File {path} is a damaged XLSX or ZIP file; copy or export it again."
        raise FileError(message) from error
    except (RuntimeError, NotImplementedError) as error:
        message = f"File {path} is packed with a password or in an unusual way; save it as XLSX."
        raise FileError(message) from error


def _check_size(path: Path, part: zipfile.ZipInfo) -> None:
    limit = MAX_SHEET_BYTES if part.filename.startswith(_SHEETS) else MAX_HELD_BYTES
    ratio = part.file_size / max(part.compress_size, 1)
    if part.file_size > limit or (part.file_size > _SMALL and ratio > MAX_RATIO):
        message = (
            f"File {path} would unpack {part.filename} to {part.file_size:,} bytes, more than any "
            "real table; export it again, as CSV if it is that large."
        )
        raise FileError(message)


def _check_part(path: Path, package: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    guard = _Guard(path, part.filename)
    with package.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            guard.feed(chunk)
    guard.close()


class _Guard:
    """Reads XML without keeping it and stops at what its later reader could not hold."""

    def __init__(self, path: Path, part: str) -> None:
        self._path = path
        self._part = part
        self._parser = expat.ParserCreate()
        self._parser.StartDoctypeDeclHandler = self._doctype
        if part.startswith(_SHEETS):
            self._parser.StartElementHandler = self._start
        self._since_tag = 0
        self._row_starts = self._cells = self._row = 0

    def feed(self, chunk: bytes) -> None:
        head = chunk.find(b"<")
        self._since_tag = (
            self._since_tag + len(chunk) if head < 0 else len(chunk) - chunk.rfind(b"<")
        )
        if self._since_tag > MAX_LINE_BYTES:
            self._refuse(f"holds more than {MAX_LINE_BYTES:,} bytes in one cell")
        self._parse(chunk, final=False)

    def close(self) -> None:
        self._parse(b"", final=True)

    def _parse(self, chunk: bytes, *, final: bool) -> None:
        try:
            self._parser.Parse(chunk, final)
        except expat.ExpatError as error:
            self._refuse(f"is no sound XML ({expat.ErrorString(error.code)})")

    def _doctype(self, *_: object) -> None:
        self._refuse("declares a document type, as no workbook does")

    def _start(self, name: str, given: dict[str, str]) -> None:
        tag = name.rpartition(":")[2]
        if tag == "row":
            self._row_starts, self._cells = self._parser.CurrentByteIndex, 0
            self._count_row(given.get("r"))
        elif tag == "c":
            self._cells += 1
            if self._cells > MAX_COLUMNS or _is_far(given.get("r", "")):
                self._refuse(f"has a row with cells beyond the {MAX_COLUMNS:,} of a sheet")
            if self._parser.CurrentByteIndex - self._row_starts > MAX_ROW_BYTES:
                self._refuse(f"has a row of more than {MAX_ROW_BYTES:,} bytes")

    def _count_row(self, told: str | None) -> None:
        """Follow the rows' numbers: openpyxl would leave out one that goes back."""
        number = int(told) if told and told.isdecimal() else self._row + 1
        if number <= self._row or number > MAX_ROWS or (told and not told.isdecimal()):
            self._refuse(f"has a row numbered {told:.20} after row {self._row}")
        self._row = number

    def _refuse(self, why: str) -> None:
        message = f"File {self._path}: its part {self._part} {why}; save it again as XLSX or CSV."
        raise FileError(message)


def _is_far(reference: str) -> bool:
    """Say whether a cell's name, such as AB12, has more letters than any column."""
    return reference[_COLUMN_LETTERS : _COLUMN_LETTERS + 1].isalpha()
