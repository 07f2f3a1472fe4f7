"""Read a gazetteer from CSV: city, street, house, lat, lon and, if there, region, postcode, source.

A line without a house places its street, one without a street its settlement.
"""

from __future__ import annotations

import csv
import gzip
import io
import math
import zlib
from collections import Counter
from typing import TYPE_CHECKING

from heatmaps.errors import FileError
from heatmaps.geocoding.assembly import assemble, place_positions
from heatmaps.geocoding.reading import Points, ReadReport, check_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from heatmaps.geocoding.gazetteer import Gazetteer

REQUIRED = ("city", "street", "house", "lat", "lon")
OPTIONAL = ("region", "postcode", "source")
_SYNONYMS = {"housenumber": "house", "house_number": "house"}
_DELIMITERS = ",;\t"
_GZIP = b"\x1f\x8b"


CSV_SUFFIXES = (".csv", ".csv.gz")


def read_csv(path: Path) -> tuple[Gazetteer, ReadReport]:
    """Give the gazetteer in a ``.csv`` or ``.csv.gz`` file and what was done with its lines.

    UTF-8 (with or without BOM) or CP1251; delimited by comma, semicolon or tab. Raises FileError.
    """
    check_file(path, CSV_SUFFIXES)
    rows = list(_rows(path, _text(path)))
    named = [(row["city"], row["region"]) for row in rows if row["city"]]
    places, position = place_positions(named)
    points, left_out = Points(), Counter[str]()
    for row in rows:
        where = _coordinates(row["lat"], row["lon"])
        if not row["city"]:
            left_out["no_settlement"] += 1
        elif where is None:
            left_out["bad_coordinates"] += 1
        else:
            points.add(
                position[row["city"], row["region"]],
                row["street"],
                row["house"],
                lat=where[0],
                lon=where[1],
                postcode=row["postcode"],
                source=row["source"] or path.name,
                source_id=row["line"],
            )
    return assemble(path, places, points, left_out)


def _text(path: Path) -> str:
    raw = path.read_bytes()
    if raw.startswith(_GZIP):
        try:
            raw = gzip.decompress(raw)
        except (OSError, EOFError, zlib.error) as error:
            message = f"{path} is truncated or no gzip ({error}); fetch it again."
            raise FileError(message) from error
    for encoding in ("utf-8-sig", "cp1251"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    message = f"{path} is neither UTF-8 nor CP1251 text; save it as UTF-8."
    raise FileError(message)


def _rows(path: Path, text: str) -> Iterator[dict[str, str]]:
    header = text.split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=header.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        names = [_SYNONYMS.get(n, n) for n in (c.strip().lower() for c in next(lines))]
        missing = [name for name in REQUIRED if name not in names]
        if missing:
            message = (
                f"{path} has no column {', '.join(missing)}; a gazetteer needs "
                f"{', '.join(REQUIRED)} and may have {', '.join(OPTIONAL)}."
            )
            raise FileError(message)
        for cells in lines:
            if cells:
                row = dict.fromkeys(OPTIONAL, "") | dict(
                    zip(names, (c.strip() for c in cells), strict=False)
                )
                yield dict.fromkeys(REQUIRED, "") | row | {"line": str(lines.line_num)}
    except csv.Error as error:
        message = f"{path} line {lines.line_num} is no CSV ({error}); mend the line."
        raise FileError(message) from error


def _coordinates(lat: str, lon: str) -> tuple[float, float] | None:
    """Give the point, or None where it is none on Earth; 0,0 is a default, not a place."""
    try:
        at = float(lat.replace(",", ".")), float(lon.replace(",", "."))
    except ValueError:
        return None
    on_earth = all(map(math.isfinite, at)) and abs(at[0]) <= 90 and abs(at[1]) <= 180  # noqa: PLR2004, degrees
    return at if on_earth and at != (0.0, 0.0) else None
