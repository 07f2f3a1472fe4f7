"""What a reader of one format offers, and which format a file is in: told by content."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from heatmaps.complaints.encoding import check_place, open_bytes, read_start
from heatmaps.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from heatmaps.complaints.rows import Rows

BATCH_ROWS = 50_000
"""So many rows become one transaction: each writes every page of the indexes that it touches."""

BATCH_CHARACTERS = 1 << 25
"""A batch ends early beyond this, so that long rows fill no more memory than many short ones."""

MAX_COLUMNS = 16_384
"""Columns a sheet of Excel may have; no table of complaints has more in any format."""

_START = 1 << 16
_ZIP = b"PK\x03\x04"
_EMPTY_ZIP = b"PK\x05\x06"
_PARQUET = b"PAR1"
_COMPOUND = b"\xd0\xcf\x11\xe0"
_PASSWORD = "EncryptedPackage".encode("utf-16-le")
_CHUNK = 1 << 20


class Format(StrEnum):
    """How a file holds its rows."""

    CSV = "CSV"
    JSON_LINES = "JSON Lines"
    XLSX = "XLSX"
    PARQUET = "Parquet"


SUFFIXES = {
    ".csv": Format.CSV,
    ".tsv": Format.CSV,
    ".txt": Format.CSV,
    ".jsonl": Format.JSON_LINES,
    ".ndjson": Format.JSON_LINES,
    ".xlsx": Format.XLSX,
    ".xlsm": Format.XLSX,
    ".parquet": Format.PARQUET,
}


class Source(Protocol):
    """A file that was found sound: its header, and its rows as often as they are asked for.

    `rows` is about their number; `found` says in words what was recognised.
    """

    @property
    def header(self) -> tuple[str, ...]:
        """The file's own names of its columns, stripped."""
        ...

    @property
    def rows(self) -> int:
        """About how many rows the file has."""
        ...

    def read(self, size: int) -> Iterator[Rows]:
        """Give the rows in the file's order, `size` at a time."""
        ...


def recognise(path: Path) -> Format:
    """Say in which format a file is, by its content; of text files JSON by its suffix as well.

    FileError where there is no file, or one of a format that is not read.
    """
    check_place(path)
    with path.open("rb") as stored:
        magic = stored.read(len(_ZIP))
    if magic in {_ZIP, _EMPTY_ZIP}:
        return Format.XLSX
    if magic == _PARQUET:
        return Format.PARQUET
    if magic == _COMPOUND:
        raise FileError(_old_excel(path))
    named = _named(path) == Format.JSON_LINES
    first = read_start(path, _START).removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    return Format.JSON_LINES if named or first in {b"{", b"["} else Format.CSV


def mismatch(path: Path, found: Format) -> str | None:
    """Say that a file's suffix promises another format than it has; None where it does not."""
    promised = _named(path)
    if promised is None or promised == found:
        return None
    return f"{path.name} is not {promised} but {found}, and was read as {found}"


def _named(path: Path) -> Format | None:
    name = path.name.lower().removesuffix(".gz")
    return next((form for suffix, form in SUFFIXES.items() if name.endswith(suffix)), None)


def _old_excel(path: Path) -> str:
    with open_bytes(path) as stream:
        tail = b""
        while chunk := stream.read(_CHUNK):
            if _PASSWORD in tail + chunk:
                return f"File {path} is a workbook with a password; save it without one."
            tail = chunk[-len(_PASSWORD) :]
    return f"File {path} is an old Excel file (XLS); open it and save it as XLSX."
