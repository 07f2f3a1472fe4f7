"""Rows of a CSV: its delimiter and header, and a row at a time that fits it or is refused."""

from __future__ import annotations

import csv
import io
from collections import Counter, deque
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from heatmaps.complaints.encoding import MAX_LINE_BYTES, Scan, open_bytes, scan_file
from heatmaps.complaints.profiles import folded
from heatmaps.complaints.rows import TextRows, raw_row
from heatmaps.complaints.sources import BATCH_CHARACTERS
from heatmaps.errors import FileError
from heatmaps.quarantine import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from typing import TextIO

    from heatmaps.complaints.profiles import Profile

DELIMITERS = ",;\t"

MAX_FIELD = 131_072
"""Characters a field may have, the csv module's own limit; its row is refused beyond."""

_AT_ONCE, _CHARACTERS_AT_ONCE = 500, 1 << 18
"""Lines tried as plain ones at a time, and about how many characters of them."""
_BEFORE_A_LOOK = 16
"""Lines taken at most before their characters are counted."""
_END = "end"


@dataclass(frozen=True, slots=True)
class Delimited:
    """A sound CSV: how to read it, and how far that is.

    `rows` counts lines without the header; a quoted line break counts as one more.
    """

    path: Path
    scan: Scan
    delimiter: str
    header: tuple[str, ...]
    header_row: int

    @property
    def rows(self) -> int:
        """About how many rows the file has."""
        return max(self.scan.lines - self.header_row, 0)

    def read(self, size: int) -> Iterator[TextRows]:
        """Give the rows in the file's order, `size` read at a time.

        A row whose fields do not fit the header is refused. Where an unpaired quote swallows
        lines, only its first line is refused and reading goes on with the next, so that the others
        load.
        """
        with open_text(self.path, self.scan.encoding) as stream:
            lines = _Lines(stream)
            _read_header(self.path, lines, self.delimiter, self.header_row)
            rows = _Rows(lines, self.delimiter, self.header)
            while rows.read(size):
                yield TextRows(self.header, rows.line, rows.fitting, rows.refused)


def open_delimited(path: Path, profile: Profile) -> Delimited:
    """Read a whole CSV (plain or gzip) once without parsing it, and its header.

    FileError for every fault of the file that would otherwise show half-way: see `scan_file`.
    """
    scan = scan_file(path, profile.encoding)
    skipped = profile.header_row or 1
    delimiter, header = _header(path, scan.encoding, profile, skipped)
    return Delimited(path, scan, delimiter, header, skipped)


def open_text(path: Path, encoding: str, newline: str = "") -> TextIO:
    """Open a plain or gzip file for its text."""
    return io.TextIOWrapper(open_bytes(path), encoding, newline=newline)


def column_names(row: Sequence[str]) -> tuple[str, ...]:
    """Give the names of a header, each once: one that is blank or repeated gets its number."""
    times = Counter(map(folded, row))
    return tuple(
        _numbered(name.strip(), place)
        if times[folded(name)] > 1 or not name.strip()
        else name.strip()
        for place, name in enumerate(row, start=1)
    )


def repeated_names(header: Sequence[str]) -> dict[str, list[str]]:
    """Give the names that a header repeats, each with what `column_names` calls its columns."""
    found: dict[str, list[str]] = {}
    for place, name in enumerate(header, start=1):
        bare = name.removesuffix(f" ({_numbered('', place)})")
        if bare != name:
            found.setdefault(folded(bare), []).append(name)
    return found


def refuse_repeated(path: Path, header: Sequence[str]) -> None:
    """Raise FileError where a header names two columns alike: which is meant cannot be known."""
    times = Counter(map(folded, header))
    repeated = [name for name, count in times.items() if name and count > 1]
    if repeated:
        message = (
            f"{path} names more than one column {', '.join(repeated)}; rename or remove all but "
            "the one that is meant."
        )
        raise FileError(message)


def _numbered(name: str, place: int) -> str:
    return f"{name} (column {place})" if name else f"column {place}"


class _Lines:
    """Physical lines for the csv module, that can be given back when a quote took too many."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._again: deque[str] = deque()
        self.number = 0
        self.taken: list[str] = []
        self.length = 0
        self.ended = False

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else self._stream.readline(MAX_LINE_BYTES + 1)
        if not line:
            self.ended = True
            raise StopIteration
        self.number += 1
        self.taken.append(line)
        self.length += len(line)
        if self.length > MAX_LINE_BYTES:
            message = f"row of more than {MAX_LINE_BYTES:,} characters"
            raise csv.Error(message)
        return line

    def ahead(self, most: int) -> list[str]:
        """Take up to `most` lines at once, fewer where they are long; none if some were given back.

        They are not counted yet.
        """
        lines: list[str] = []
        room = 0 if self._again else _CHARACTERS_AT_ONCE
        look = 1
        while room > 0 and len(lines) < most:
            some = list(islice(self._stream, min(most - len(lines), look)))
            if not some:
                break
            lines += some
            room -= sum(map(len, some))
            look = min(_BEFORE_A_LOOK, 1 + room // max(map(len, some)))
        return lines

    def give_back(self, lines: list[str]) -> None:
        """Give back lines taken ahead."""
        self._again.extend(lines)

    def begin_row(self) -> None:
        """Forget the lines taken: the next one begins a row."""
        self.taken.clear()
        self.length = 0
        self.ended = False

    def keep_first(self) -> str:
        """Give back all lines taken but the first, and say which that is."""
        first, *rest = self.taken
        self._again.extendleft(reversed(rest))
        self.number -= len(rest)
        return first


class _Rows:
    """Parses lines to rows, parting those that fit the header from those that do not."""

    def __init__(self, lines: _Lines, delimiter: str, header: tuple[str, ...]) -> None:
        self._lines = lines
        self._parser = csv.reader(lines, delimiter=delimiter)
        self._delimiter = delimiter
        self._header = header
        self._needed = len(header)
        while self._needed > 1 and header[self._needed - 1] == _numbered("", self._needed):
            self._needed -= 1
        self.line: list[int] = []
        self.fitting: list[Sequence[str]] = []
        self.refused: list[Refused] = []

    def read(self, size: int) -> bool:
        """Read up to `size` more rows in place of the last ones; False at the end."""
        self.line, self.fitting, self.refused = [], [], []
        width, lines, characters = len(self._header), self._lines, 0
        while len(self.fitting) + len(self.refused) < size and characters < BATCH_CHARACTERS:
            if plain := self._read_plain(size - len(self.fitting) - len(self.refused)):
                characters += plain
                continue
            start = lines.number + 1
            lines.begin_row()
            row = self._parsed()
            if not lines.taken:
                break
            fitted = None if row is None else _fitted(row, width, self._needed)
            if fitted is not None:
                self.line.append(start)
                self.fitting.append(fitted)
            elif row is None or not _is_blank(row):
                self._refuse(start, row)
            else:
                continue
            characters += lines.length
        return bool(self.fitting or self.refused)

    def _read_plain(self, most: int) -> int:
        """Read some lines if each of them is one row that fits; give how many characters they had.

        Else they are given back, to be read one by one with more care.
        """
        lines = self._lines.ahead(min(most, _AT_ONCE))
        rows = self._as_rows(lines)
        if not rows:
            self._lines.give_back(lines)
            return 0
        first = self._lines.number + 1
        self._lines.number += len(rows)
        self.line += range(first, first + len(rows))
        self.fitting += rows
        return sum(map(len, lines))

    def _as_rows(self, lines: list[str]) -> list[list[str]]:
        """Give a row for each line; none unless each of them is one and fits the header.

        A last line of ours comes out alone, unless a quote before it was left open.
        """
        width = len(self._header)
        if width == 1 or max(map(len, lines), default=0) > MAX_LINE_BYTES:
            return []
        try:
            rows = list(csv.reader([*lines, _END], delimiter=self._delimiter))
        except csv.Error:
            return []
        fits = len(rows) == len(lines) + 1 and rows.pop() == [_END]
        return rows if fits and set(map(len, rows)) == {width} else []

    def _parsed(self) -> list[str] | None:
        """Give the next row; None where a field is too long or its quote is never closed."""
        try:
            row = next(self._parser, None)
        except csv.Error:
            return None
        return None if self._lines.ended else row

    def _refuse(self, start: int, row: list[str] | None) -> None:
        width, took = len(self._header), len(self._lines.taken)
        if took > 1 or self._lines.ended:
            reason = (
                f"Its quotes make the row {took} lines long and still do not give the {width} "
                "columns of the header; close the quote, or double quotes inside a text."
            )
        elif row is None:
            reason = f"A field has more than {MAX_FIELD:,} characters; shorten it."
        else:
            reason = (
                f"The row has {len(row)} fields where the header has {width}; quote a text that "
                "holds the delimiter, or add what is missing."
            )
        fields = _fields(self._lines.keep_first(), self._delimiter)
        self.refused.append(Refused(start, reason, raw_row(self._header, fields)))


def _fitted(row: list[str], width: int, needed: int) -> list[str] | None:
    """Give the row without empty fields beyond the header, or None where it does not fit.

    It may lack fields at its end, down to those `needed`, whose columns have no name.
    """
    if needed <= len(row) < width and not _is_blank(row):
        return row + [""] * (width - len(row))
    if len(row) == width and (width > 1 or not _is_blank(row)):
        return row
    return row[:width] if len(row) > width and not any(row[width:]) else None


def _is_blank(row: list[str]) -> bool:
    return not row or (len(row) == 1 and not row[0].strip())


def _fields(line: str, delimiter: str) -> list[str]:
    """Split one line alone, for the record of a row that could not be parsed."""
    try:
        return next(csv.reader([line], delimiter=delimiter))
    except csv.Error:
        return line.rstrip("\r\n").split(delimiter)


def _header(path: Path, encoding: str, profile: Profile, line: int) -> tuple[str, tuple[str, ...]]:
    """Give the delimiter and the names, by the delimiter that shows most of our columns."""
    found = []
    for delimiter in profile.delimiter or DELIMITERS:
        with open_text(path, encoding) as stream:
            found.append((delimiter, _read_header(path, _Lines(stream), delimiter, line)))
    return max(found, key=lambda each: (len(profile.positions(each[1])), len(each[1])))


def _read_header(path: Path, lines: _Lines, delimiter: str, line: int) -> tuple[str, ...]:
    for _ in islice(lines, line - 1):
        lines.begin_row()
    try:
        row = next(
            (row for row in csv.reader(lines, delimiter=delimiter) if not _is_blank(row)), None
        )
    except csv.Error as error:
        message = f"File {path} has no readable header line ({error}); export it again."
        raise FileError(message) from error
    if row is None:
        message = f"File {path} has no header in line {line} or below; correct `header_row`."
        raise FileError(message)
    return column_names(row)
