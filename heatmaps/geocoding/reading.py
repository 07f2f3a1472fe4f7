"""What readers of gazetteer files give: settlements as they are known, rows by parts, a report."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import numpy as np

from heatmaps.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from heatmaps.geocoding.gazetteer import Settlements, Text

PART = 100_000
"""How many rows a reader holds at a time."""

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
    """A settlement as a reader knows it before its houses are counted in; position may be unset.

    `kind` is a value of OSM's ``place``, `status` the type word that the file tells beside the
    name, in normal form (``деревня``); either may be empty. `aliases` are its other names, each on
    a line.
    """

    name: str
    region: str = ""
    kind: str = ""
    lat: float = np.nan
    lon: float = np.nan
    radius_m: float = 0.0
    boundary: bytes | None = None
    aliases: str = ""
    status: str = ""


@dataclass(slots=True)
class Points:
    """Points with an address, a list each; `place` is a position in the list of known places.

    Without a number a point places its street, without a street its settlement. `aliases` are
    other names of the street, each on a line.
    """

    place: list[int] = field(default_factory=list)
    street: list[str] = field(default_factory=list)
    number: list[str] = field(default_factory=list)
    lat: list[float] = field(default_factory=list)
    lon: list[float] = field(default_factory=list)
    postcode: list[str] = field(default_factory=list)
    source: list[str] = field(default_factory=list)
    source_id: list[str] = field(default_factory=list)
    aliases: list[str] = field(default_factory=list)

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
        aliases: str = "",
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
        self.aliases.append(aliases)


@dataclass(frozen=True, slots=True)
class StreetRows:
    """Streets met in a part, a column each; WGS 84 degrees.

    `unit` is a fingerprint of settlement and street, the same in all parts; `place` the position
    of the settlement; `key` the normal form of the name, empty where houses stand in their
    settlement without a street. South, west, north and east bound what the part showed of it.
    `named` tells where the file names the street itself and not only on houses.
    """

    unit: NDArray[np.int64]
    place: NDArray[np.int32]
    key: Text
    name: Text
    south: NDArray[np.float64]
    west: NDArray[np.float64]
    north: NDArray[np.float64]
    east: NDArray[np.float64]
    named: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class AliasRows:
    """Other names of streets; `alias_unit` is the unit that a street of that name would be."""

    unit: NDArray[np.int64]
    alias_unit: NDArray[np.int64]
    alias: Text


@dataclass(frozen=True, slots=True)
class HouseRows:
    """Houses of a part, a column each; `unit` is that of their street, `number` normal."""

    unit: NDArray[np.int64]
    number: Text
    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    postcode: Text
    source: Text
    source_id: Text


@dataclass(frozen=True, slots=True)
class Part:
    """Some rows of a file, in an order in which the first of one address is the one to keep."""

    streets: StreetRows
    aliases: AliasRows
    houses: HouseRows


@dataclass(slots=True)
class Counts:
    """What became of a file's rows so far: rows = houses + points + left out."""

    rows: int = 0
    houses: int = 0
    points: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    assumed: int = 0
    assumed_settlement: str = ""


class GazetteerReader(Protocol):
    """Reads one file in bounded memory; `settlements` and `counts` are whole after `parts`."""

    @property
    def counts(self) -> Counts:
        """Give what became of the rows."""
        ...

    def parts(self) -> Iterator[Part]:
        """Give the file's rows by parts; raises FileError."""
        ...

    def settlements(self) -> Settlements:
        """Give every settlement known, at the positions that the parts name."""
        ...

    def settled(self) -> NDArray[np.bool_]:
        """Tell of each settlement whether anything stands in it."""
        ...


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


def require_rows(path: Path, counts: Counts) -> None:
    """Raise FileError where no row of a file read to its end can be used."""
    if counts.rows > counts.left_out.total():
        return
    told = ", ".join(f"{reason}: {count}" for reason, count in counts.left_out.items() if count)
    reasons = told or "it holds no addresses"
    message = f"No row of {path} can be used ({reasons}); mend them and load again."
    raise FileError(message)
