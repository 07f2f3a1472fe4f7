"""Addresses of a CSV to a CSV with their places, without touching complaints."""

from __future__ import annotations

import csv
import io
from collections import Counter
from typing import TYPE_CHECKING, Protocol

from heatmaps.complaints.delimited import DELIMITERS, refuse_repeated
from heatmaps.complaints.encoding import open_bytes, scan_file
from heatmaps.errors import FileError, UsageError
from heatmaps.geocoding.result import Level

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from heatmaps.geocoding.result import Geocoder, GeocodeResult

COLUMNS = (
    "geocode_level", "geocode_lat", "geocode_lon", "geocode_uncertainty_m", "geocode_confidence",
    "geocode_normal_form", "geocode_matched", "geocode_changes", "geocode_faults",
    "geocode_alternatives",
)  # fmt: skip
"""Written after the input's own columns; the order others rely on."""

BATCH_ROWS = 10_000


class _CsvRows(Protocol):
    """What ``csv.reader`` gives: rows, and the line it has come to."""

    @property
    def line_num(self) -> int: ...

    def __iter__(self) -> Iterator[list[str]]: ...


def geocode_file(  # noqa: PLR0913 - what to read, how, and whether to keep it
    source: Path,
    target: Path,
    geocoder: Geocoder,
    named: tuple[str, str | None],
    progress: Callable[[int, int], None],
    *,
    keep: bool = True,
) -> dict[str, int]:
    """Write `source` with the place of each address after its own columns; gives rows by level.

    `named` are the columns of the address and, where there is one, of the city. FileError where
    the file cannot be read or lacks them, UsageError where it would be written over.
    """
    if target.resolve() == source.resolve():
        message = f"{target} is the file being read; name another one to write."
        raise UsageError(message)
    scan = scan_file(source)
    levels: Counter[str] = Counter()
    partial = target.with_name(f".{target.name}.partial")
    try:
        with (
            io.TextIOWrapper(open_bytes(source), scan.encoding, newline="") as read,
            partial.open("w", encoding="utf-8", newline="") as written,
        ):
            rows = csv.reader(read, delimiter=(delimiter := _delimiter(source, scan.encoding)))
            header = next(rows)
            _refuse_own_output(source, header)
            refuse_repeated(source, header)
            address, city = _places(source, header, named)
            writer = csv.writer(written, delimiter=delimiter)
            writer.writerow([*header, *COLUMNS])
            for batch in _batches(source, rows, len(header)):
                addresses = [_cell(row, address) for row in batch]
                cities = [_cell(row, city) or None for row in batch]
                results = geocoder.geocode_batch(addresses, cities)
                for row, result in zip(batch, results, strict=True):
                    own = row + [""] * (len(header) - len(row))
                    writer.writerow([*own, *_written(result)])
                levels.update(str(result.level) for result in results)
                progress(sum(levels.values()), max(scan.lines - 1, 0))
        if keep:
            partial.replace(target)
    except csv.Error as error:
        message = f"{source} is no readable CSV ({error}); mend it or export it again."
        raise FileError(message) from error
    except OSError as error:
        message = f"{target} cannot be written: {error.strerror or error}; choose another place."
        raise FileError(message) from error
    finally:
        partial.unlink(missing_ok=True)
    return {str(level): levels[str(level)] for level in Level}


def _delimiter(source: Path, encoding: str) -> str:
    with io.TextIOWrapper(open_bytes(source), encoding, newline="") as read:
        first = read.readline()
    return max(DELIMITERS, key=first.count)


def _places(
    source: Path, header: list[str], named: tuple[str, str | None]
) -> tuple[int, int | None]:
    names = [name.strip().casefold() for name in header]
    for wanted in named:
        if wanted is not None and wanted.casefold() not in names:
            message = (
                f"{source} has no column {wanted!r} among {', '.join(header):.300}; "
                "name it with --address-column or --city-column."
            )
            raise FileError(message)
    address, city = named
    return names.index(address.casefold()), None if city is None else names.index(city.casefold())


def _refuse_own_output(source: Path, header: list[str]) -> None:
    ours = [name for name in header if name in COLUMNS]
    if ours:
        message = (
            f"{source} already has the column {ours[0]}; geocode the file it was made from, or "
            "remove the geocode_ columns."
        )
        raise FileError(message)


def _batches(source: Path, rows: _CsvRows, width: int) -> Iterator[list[list[str]]]:
    """Give the rows that are not blank; FileError where one has more fields than the header."""
    batch: list[list[str]] = []
    for row in rows:
        if len(row) > width:
            message = (
                f"{source} line {rows.line_num} has {len(row)} fields where the header has "
                f"{width}; quote the text that holds the delimiter."
            )
            raise FileError(message)
        if row:
            batch.append(row)
        if len(batch) == BATCH_ROWS:
            yield batch
            batch = []
    if batch:
        yield batch


def _cell(row: list[str], place: int | None) -> str:
    return row[place] if place is not None and place < len(row) else ""


def _written(result: GeocodeResult) -> tuple[object, ...]:
    def degrees(value: float | None) -> str:
        return "" if value is None else f"{value:.7f}"

    return (
        result.level,
        degrees(result.lat),
        degrees(result.lon),
        "" if result.uncertainty_m is None else f"{result.uncertainty_m:.0f}",
        f"{result.confidence:.3f}",
        result.normal_form,
        result.matched,
        "|".join(result.changes),
        "|".join(result.faults),
        "|".join(other.label for other in result.alternatives),
    )
