"""Read a gazetteer from CSV: city, street, house, lat, lon and, if there, more of `OPTIONAL`.

A line without a house places its street, one without a street its settlement. `district` tells
settlements of one region and name apart. `aliases` are other
names, separated by ``;`` or ``|``, of the street or, where none is named, of the settlement. A row
is one line; one that has not the header's fields is left out.
"""

from __future__ import annotations

import csv
import gzip
import math
import re
import zlib
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

from heatmaps.complaints.delimited import refuse_repeated
from heatmaps.errors import FileError
from heatmaps.geocoding.assembly import Assembly
from heatmaps.geocoding.in_memory import read_whole
from heatmaps.geocoding.namesakes import Namesakes, Spelling
from heatmaps.geocoding.reading import PART, Points, check_file
from heatmaps.geocoding.whereabouts import Whereabouts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from heatmaps.geocoding.gazetteer import Gazetteer, Settlements
    from heatmaps.geocoding.reading import Counts, KnownPlace, Part, ReadReport

REQUIRED = ("city", "street", "house", "lat", "lon")
OPTIONAL = ("region", "district", "postcode", "source", "aliases")
CSV_SUFFIXES = (".csv", ".csv.gz")

_SYNONYMS = {"housenumber": "house", "house_number": "house"}
_DELIMITERS = ",;\t"
_GZIP = b"\x1f\x8b"
_CHUNK = 1 << 20
_BETWEEN_NAMES = re.compile(r"\s*[;|]\s*")


def read_csv(path: Path) -> tuple[Gazetteer, ReadReport]:
    """Give the gazetteer in a ``.csv`` or ``.csv.gz`` file and what was done with its lines.

    UTF-8 (with or without BOM) or CP1251; delimited by comma, semicolon or tab. Raises FileError.
    """
    return read_whole(path, CsvReader(path))


class CsvReader:
    """Reads a CSV file twice, by parts: its settlements, then its rows. Raises FileError."""

    def __init__(self, path: Path) -> None:
        check_file(path, CSV_SUFFIXES)
        self._path = path
        self._encoding = _encoding(path)
        self._whereabouts = Whereabouts()
        self._namesakes = Namesakes()
        self._assembly = Assembly(self._survey())

    @property
    def counts(self) -> Counts:
        """Give what became of the lines."""
        return self._assembly.counts

    def settlements(self) -> Settlements:
        """Give every settlement named."""
        return self._assembly.settlements()

    def settled(self) -> NDArray[np.bool_]:
        """Tell of each settlement whether a usable line names it."""
        return self._assembly.settled()

    def parts(self) -> Iterator[Part]:
        """Give the lines by parts."""
        points = Points()
        for row in self._rows():
            self._take(row, points)
            if len(points.place) == PART:
                yield self._assembly.houses(points)
                points = Points()
        yield self._assembly.houses(points)

    def _survey(self) -> list[KnownPlace]:
        """Give the settlements that the lines name, with their other names."""
        told: list[tuple[Spelling, float, float, list[str]]] = []
        for row in self._rows():
            where = coordinates(row["lat"], row["lon"]) if row["city"] else None
            if where is not None:
                spelling = _spelling(row)
                self._whereabouts.add(spelling[:2], *where)
                self._namesakes.add(spelling, *where)
                if row["aliases"] and not row["street"]:
                    told.append((spelling, *where, _names(row["aliases"])))
        places = self._namesakes.places(self._is_swapped)
        for spelling, lat, lon, names in told:
            if self._is_swapped(spelling, lat, lon):
                continue
            place = places[self._namesakes.position(spelling, lat, lon)]
            known = place.aliases.split("\n") if place.aliases else []
            place.aliases = "\n".join(sorted({*known, *names}))
        return places

    def _is_swapped(self, spelling: Spelling, lat: float, lon: float) -> bool:
        return self._whereabouts.swapped(spelling[:2], lat, lon)

    def _take(self, row: dict[str, str], points: Points) -> None:
        where = coordinates(row["lat"], row["lon"])
        fault = row["fault"] or self._fault(row, where)
        if fault or where is None:
            self.counts.rows += 1
            self.counts.left_out[fault] += 1
            return
        points.add(
            self._namesakes.position(_spelling(row), *where),
            row["street"],
            row["house"],
            lat=where[0],
            lon=where[1],
            postcode=row["postcode"],
            source=row["source"] or self._path.name,
            source_id=row["line"],
            aliases="\n".join(_names(row["aliases"])) if row["street"] else "",
        )

    def _fault(self, row: dict[str, str], where: tuple[float, float] | None) -> str:
        """Give why a row cannot be used, nothing where it can."""
        if not row["city"]:
            return "no_settlement"
        if where is not None:
            return "coordinates_swapped" if self._is_swapped(_spelling(row), *where) else ""
        swapped = coordinates(row["lon"], row["lat"])
        return "bad_coordinates" if swapped is None else "coordinates_swapped"

    def _rows(self) -> Iterator[dict[str, str]]:
        with _opened(self._path, self._encoding) as file:
            header = file.readline()
            delimiter = max(_DELIMITERS, key=header.count)
            names = self._columns(header, delimiter)
            lines = csv.reader(file, delimiter=delimiter)
            empty = dict.fromkeys((*REQUIRED, *OPTIONAL, "fault"), "")
            least, last = len(names), 0
            while not names[least - 1]:
                least -= 1
            try:
                for cells in lines:
                    last += 1
                    if lines.line_num > last:
                        self._refuse_lines(last + 1, lines.line_num + 1)
                    if not cells:
                        continue
                    row = {"line": str(last + 1), "fault": _misfit(cells, least, len(names))}
                    told = () if row["fault"] else zip(names, map(str.strip, cells), strict=False)
                    yield empty | dict(told) | row
            except csv.Error as error:
                message = (
                    f"{self._path} line {lines.line_num + 1} is no CSV ({error}); mend the line."
                )
                raise FileError(message) from error

    def _refuse_lines(self, first: int, last: int) -> None:
        message = (
            f"{self._path} line {first} opens a quote that is not closed before line {last}, so "
            "that what stands between would be lost; close the quote or remove it."
        )
        raise FileError(message)

    def _columns(self, header: str, delimiter: str) -> list[str]:
        cells = next(csv.reader([header], delimiter=delimiter), [])
        names = [_SYNONYMS.get(n, n) for n in (c.strip().lower() for c in cells)]
        missing = [name for name in REQUIRED if name not in names]
        if missing:
            message = (
                f"{self._path} has no column {', '.join(missing)}; a gazetteer needs "
                f"{', '.join(REQUIRED)} and may have {', '.join(OPTIONAL)}."
            )
            raise FileError(message)
        refuse_repeated(self._path, names)
        return names


def coordinates(lat: str, lon: str) -> tuple[float, float] | None:
    """Give the point, or None where it is none on Earth; 0,0 is a default, not a place."""
    try:
        at = float(lat.replace(",", ".")), float(lon.replace(",", "."))
    except ValueError:
        return None
    on_earth = all(map(math.isfinite, at)) and abs(at[0]) <= 90 and abs(at[1]) <= 180  # noqa: PLR2004, degrees
    return at if on_earth and at != (0.0, 0.0) else None


def _spelling(row: dict[str, str]) -> Spelling:
    return Spelling(row["city"], row["region"], row["district"])


def _misfit(cells: list[str], least: int, most: int) -> str:
    """Give what is wrong with a row's fields; empty ones beyond the header are nothing."""
    if len(cells) < least:
        return "too_few_fields"
    return "too_many_fields" if any(cell.strip() for cell in cells[most:]) else ""


def _names(aliases: str) -> list[str]:
    return [name for name in _BETWEEN_NAMES.split(aliases) if name]


def _encoding(path: Path) -> str:
    """Give the encoding that the whole file is written in; FileError where it is neither."""
    for encoding in ("utf-8-sig", "cp1251"):
        try:
            with _opened(path, encoding) as file:
                clean = all("\0" not in text for text in iter(lambda: file.read(_CHUNK), ""))
        except UnicodeDecodeError:
            continue
        if clean:
            return encoding
    message = f"{path} is neither UTF-8 nor CP1251 text; save it as UTF-8."
    raise FileError(message)


@contextmanager
def _opened(path: Path, encoding: str) -> Iterator[IO[str]]:
    with path.open("rb") as raw:
        packed = raw.read(2) == _GZIP
    try:
        if packed:
            with gzip.open(path, "rt", encoding=encoding, newline="") as file:
                yield file
        else:
            with path.open(encoding=encoding, newline="") as file:
                yield file
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        message = f"{path} is truncated or no gzip ({error}); fetch it again."
        raise FileError(message) from error
