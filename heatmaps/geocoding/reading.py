"""What a reader of gazetteer files works with: places, points, and its report."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from heatmaps.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

RADIUS_M = {
    "city": 15_000.0,
    "town": 5_000.0,
    "village": 1_500.0,
    "hamlet": 600.0,
    "isolated_dwelling": 300.0,
}
"""How far from its point a place of each OSM kind reaches, where no boundary says so."""


@dataclass(frozen=True, slots=True)
class ReadReport:
    """What a reader did with a file: ``rows = houses + points + sum(left_out.values())``.

    `rows` are addressed objects or lines; `points` those that place a street or settlement alone;
    `left_out` counts by reason (``duplicate`` among them); `far_apart` are duplicates more than
    200 m from the one kept; `assumed` are houses without any settlement around them that were
    given `assumed_settlement`, the file's most common one.
    """

    rows: int
    houses: int
    streets: int
    settlements: int
    points: int = 0
    left_out: Mapping[str, int] = field(default_factory=dict)
    far_apart: int = 0
    assumed: int = 0
    assumed_settlement: str = ""


@dataclass(slots=True)
class KnownPlace:
    """A settlement as a reader knows it before its houses are counted in; position may be unset."""

    name: str
    region: str = ""
    kind: str = ""
    lat: float = np.nan
    lon: float = np.nan
    radius_m: float = 0.0
    boundary: bytes | None = None
    aliases: str = ""


@dataclass(slots=True)
class Points:
    """Points with an address, a list each; `place` is a position in the list of known places.

    Without a number a point places its street, without a street its settlement.
    """

    place: list[int] = field(default_factory=list)
    street: list[str] = field(default_factory=list)
    number: list[str] = field(default_factory=list)
    lat: list[float] = field(default_factory=list)
    lon: list[float] = field(default_factory=list)
    postcode: list[str] = field(default_factory=list)
    source: list[str] = field(default_factory=list)
    source_id: list[str] = field(default_factory=list)

    def add(  # noqa: PLR0913, a row has as many columns
        self,
        place: int,
        street: str,
        number: str,
        *,
        lat: float,
        lon: float,
        postcode: str = "",
        source: str = "",
        source_id: str = "",
    ) -> None:
        """Append one row."""
        self.place.append(place)
        self.street.append(street)
        self.number.append(number)
        self.lat.append(lat)
        self.lon.append(lon)
        self.postcode.append(postcode)
        self.source.append(source)
        self.source_id.append(source_id)


def check_file(path: Path, suffixes: tuple[str, ...]) -> None:
    """Raise FileError where the path cannot be a gazetteer file at all."""
    if not path.exists():
        message = f"Gazetteer file {path} does not exist; check the path."
        raise FileError(message)
    if path.is_dir():
        message = f"{path} is a directory; name a file ending in {', '.join(suffixes)}."
        raise FileError(message)
    if path.stat().st_size == 0:
        message = f"Gazetteer file {path} is empty; fetch it again."
        raise FileError(message)
    if not path.name.lower().endswith(suffixes):
        message = f"{path} is of no known kind; a gazetteer file ends in {', '.join(suffixes)}."
        raise FileError(message)
