"""Files as batches of columns: checked as a whole first, then streamed in bounded memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from heatmaps.complaints.delimited import open_delimited, repeated_names
from heatmaps.complaints.json_lines import open_json_lines
from heatmaps.complaints.profiles import REQUIRED, Profile, folded
from heatmaps.complaints.rows import RowBatch, map_rows
from heatmaps.complaints.sources import BATCH_ROWS, Format, Source, mismatch, recognise
from heatmaps.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


def _open_parquet(path: Path, profile: Profile) -> Source:
    from heatmaps.complaints.parquet import open_parquet  # it brings pyarrow, which takes a while

    return open_parquet(path, profile)


def _open_sheet(path: Path, profile: Profile) -> Source:
    from heatmaps.complaints.workbook import open_sheet

    return open_sheet(path, profile)


_OPENERS: dict[Format, Callable[[Path, Profile], Source]] = {
    Format.CSV: open_delimited,
    Format.JSON_LINES: open_json_lines,
    Format.XLSX: _open_sheet,
    Format.PARQUET: _open_parquet,
}


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A file that can be read to its end by a profile.

    `dropped` are the file's columns that neither our list nor the profile names. `notes` say where
    its suffix promises another format than it has, and which columns it lacks that are to be kept
    or joined, or has more than once.
    """

    path: Path
    profile: Profile
    format: Format
    source: Source
    dropped: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def header(self) -> tuple[str, ...]:
        """The file's own names of its columns."""
        return self.source.header

    @property
    def rows(self) -> int:
        """About how many rows the file has."""
        return self.source.rows


def check_file(path: Path, profile: Profile) -> CheckedFile:
    """Open a file of any format, which reads it whole once, and hold its header to a profile.

    FileError, one sentence with the remedy, for every fault of the file that would otherwise show
    half-way; and where the header repeats a name or lacks a required column.
    """
    form, source = open_source(path, profile)
    _check_names(path, source.header, profile)
    _check_columns(path, source.header, profile)
    used = profile.used(source.header)
    dropped = tuple(name for name in source.header if name not in used)
    return CheckedFile(path, profile, form, source, dropped, _notes(path, form, source, profile))


def open_source(path: Path, profile: Profile) -> tuple[Format, Source]:
    """Give a file's format and what reads it, whatever its columns are. FileError if it is damaged.

    Of the profile only what tells how to read counts: encoding, delimiter, sheet, header row.
    """
    form = recognise(path)
    return form, _OPENERS[form](path, profile)


def read_batches(checked: CheckedFile, size: int = BATCH_ROWS) -> Iterator[RowBatch]:
    """Give the rows of a checked file in its order, `size` rows read at a time."""
    for rows in checked.source.read(size):
        yield map_rows(checked.profile, rows)


def _notes(path: Path, form: Format, source: Source, profile: Profile) -> tuple[str, ...]:
    present = set(map(folded, source.header))
    notes = [mismatch(path, form)]
    notes += [
        f"{path.name} has no column {theirs!r}, which the profile keeps"
        for theirs in profile.keep
        if folded(theirs) not in present
    ]
    notes += [
        f"{path.name} has more than one column {name!r}, called {', '.join(columns)} here"
        for name, columns in repeated_names(source.header).items()
    ]
    notes += [
        f"{path.name} has no column {theirs!r}, which the profile joins to {ours}"
        for ours in profile.columns
        for theirs in profile.candidates(ours)
        if profile.between(ours) is not None and folded(theirs) not in present
    ]
    return tuple(note for note in notes if note)


def _check_names(path: Path, header: tuple[str, ...], profile: Profile) -> None:
    """FileError where a header repeats a name that is read: which is meant, nobody knows."""
    for name, columns in repeated_names(header).items():
        if name in profile.names():
            message = (
                f"File {path} has more than one column {name!r} in its header; rename or remove "
                f"all but one, or name one of them in the intake profile as {columns[0]!r}."
            )
            raise FileError(message)


def _check_columns(path: Path, header: tuple[str, ...], profile: Profile) -> None:
    positions = profile.positions(header)
    missing = [
        (ours, profile.candidates(ours)) for ours in REQUIRED[profile.kind] if ours not in positions
    ]
    present = set(map(folded, header))
    missing += [(theirs, (theirs,)) for theirs in profile.only if folded(theirs) not in present]
    if missing:
        wanted = ", ".join(
            ours if names == (ours,) else f"{ours} (as {' or '.join(names) or 'nothing'})"
            for ours, names in missing
        )
        message = (
            f"File {path} lacks the column {wanted} among {', '.join(header):.300}; add it to the "
            "header line, or name what it is called here in an intake profile."
        )
        raise FileError(message)
