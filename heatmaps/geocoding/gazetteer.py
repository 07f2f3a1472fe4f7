"""The gazetteer: every settlement, street and house that addresses are matched against.

Three tables of columns, which readers produce, the store keeps and the index is built from. Rows
point at each other by position. Positions are no identity: between two loads a row is known by
its text key, the normal form of its names: `settlement_keys`, `street_keys`, `house_keys`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from heatmaps.geocoding.identity import identity_of
from heatmaps.geocoding.normal_form import street_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Text = NDArray[np.object_]

NO_STREET = -1
"""The street position of a house that stands in its settlement without a street."""

FAR_M = 200.0
"""Two positions of one address farther apart than this are two places, not two drawings of one."""

EARTH_RADIUS_M = 6_371_008.8


@dataclass(frozen=True, slots=True)
class Settlements:
    """Towns and villages, a column each; WGS 84 degrees.

    `kind` is a place word such as ``деревня``, where the name has none, a value of OSM's ``place``
    or empty; `region` the name of the region or empty, with what tells namesakes apart behind it
    (see `identity`); `uncertainty_m` the radius around the point that holds the place's houses;
    `boundary` its polygon as WKB (longitude first) or None. `aliases` are its other names, each on
    a line.
    """

    name: Text
    kind: Text
    region: Text
    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    uncertainty_m: NDArray[np.float64]
    boundary: Text
    aliases: Text

    def __len__(self) -> int:
        """Give the number of rows."""
        return len(self.name)


@dataclass(frozen=True, slots=True)
class Streets:
    """Streets, a column each; `settlement` is a position in `Settlements`; WGS 84 degrees.

    `uncertainty_m` is the radius around the point that holds the street. `aliases` are its other
    names, each on a line.
    """

    settlement: NDArray[np.int32]
    name: Text
    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    uncertainty_m: NDArray[np.float64]
    aliases: Text

    def __len__(self) -> int:
        """Give the number of rows."""
        return len(self.name)


@dataclass(frozen=True, slots=True)
class Houses:
    """Houses, a column each; WGS 84 degrees.

    `settlement` is a position in `Settlements`; `street` one in `Streets`, or `NO_STREET`;
    `number` the house number in normal form (``42 к1``); `source` where the row comes from and
    `source_id` its id there (``w1234`` for an OSM way).
    """

    settlement: NDArray[np.int32]
    street: NDArray[np.int32]
    number: Text
    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    postcode: Text
    source: Text
    source_id: Text

    def __len__(self) -> int:
        """Give the number of rows."""
        return len(self.number)


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Settlements, streets and houses of a territory.

    Raises ValueError where columns of a table differ in length or a position points nowhere.
    """

    settlements: Settlements
    streets: Streets
    houses: Houses

    def __post_init__(self) -> None:
        """Check what every user of the columns relies on."""
        for table in (self.settlements, self.streets, self.houses):
            lengths = {f.name: len(getattr(table, f.name)) for f in fields(table)}
            if len(set(lengths.values())) > 1:
                message = f"{type(table).__name__} columns differ in length: {lengths}"
                raise ValueError(message)
        _check_positions("street's settlement", self.streets.settlement, 0, len(self.settlements))
        _check_positions("house's settlement", self.houses.settlement, 0, len(self.settlements))
        _check_positions("house's street", self.houses.street, NO_STREET, len(self.streets))


@dataclass(frozen=True, slots=True)
class Merged:
    """A gazetteer without duplicates, and how many houses that cost.

    `duplicates` counts the houses dropped because their key had come before; `far_apart` those
    among them that stood more than `FAR_M` from the one kept.
    """

    gazetteer: Gazetteer
    duplicates: int
    far_apart: int


def text_column(values: Sequence[str | bytes | None]) -> Text:
    """Give an object array of the values, one dimension whatever they are."""
    column = np.empty(len(values), dtype=object)
    column[:] = values
    return column


def empty_gazetteer() -> Gazetteer:
    """Give a gazetteer without rows."""
    text, number = text_column([]), np.empty(0, dtype=np.float64)
    position = np.empty(0, dtype=np.int32)
    return Gazetteer(
        Settlements(text, text, text, number, number, number, text, text),
        Streets(position, text, number, number, number, text),
        Houses(position, position, text, number, number, text, text, text),
    )


def settlement_keys(gazetteer: Gazetteer) -> Text:
    """Give each settlement's lasting key, ``normal name|region, district, point, kind``."""
    return settlement_keys_of(gazetteer.settlements)


def settlement_keys_of(settlements: Settlements) -> Text:
    """Give `settlement_keys` of the settlements alone."""
    rows = zip(settlements.name, settlements.kind, settlements.region, strict=True)
    return text_column([identity_of(*row).key for row in rows])


def street_keys(gazetteer: Gazetteer) -> Text:
    """Give each street's lasting key, ``settlement key|normal street``."""
    of_settlement = settlement_keys(gazetteer)[gazetteer.streets.settlement]
    rows = zip(of_settlement, gazetteer.streets.name, strict=True)
    return text_column([f"{settlement}|{street_key(name)}" for settlement, name in rows])


def house_keys(gazetteer: Gazetteer) -> Text:
    """Give each house's lasting key, ``street key|normal number``.

    A house without a street has ``settlement key||normal number``.
    """
    houses = gazetteer.houses
    where = settlement_keys(gazetteer)[houses.settlement] + "|"
    with_street = houses.street != NO_STREET
    where[with_street] = street_keys(gazetteer)[houses.street[with_street]]
    return text_column([f"{w}|{n}" for w, n in zip(where, houses.number, strict=True)])


def merge_duplicates(gazetteer: Gazetteer) -> Merged:
    """Give the gazetteer with one row for every key: the first one, untouched.

    Readers put what they trust more first (OSM buildings before points of interest), so the first
    is the building. Nothing is averaged: where one address stands in two places the first stays
    and the other is counted.
    """
    first_settlement, settlement_of = _first_rows(settlement_keys(gazetteer))
    first_street, street_of = _first_rows(street_keys(gazetteer))
    first_house, house_of = _first_rows(house_keys(gazetteer))
    settlements, streets = gazetteer.settlements, gazetteer.streets
    houses = gazetteer.houses
    kept_streets = take(streets, first_street)
    kept_houses = take(houses, first_house)
    kept_first = first_house[house_of]
    apart_m = distance_m(houses.lat, houses.lon, houses.lat[kept_first], houses.lon[kept_first])
    has_street = kept_houses.street != NO_STREET
    street = (
        np.where(has_street, street_of[kept_houses.street], NO_STREET)
        if len(streets)
        else (kept_houses.street)
    )
    merged = Gazetteer(
        take(settlements, first_settlement),
        Streets(
            settlement_of[kept_streets.settlement],
            kept_streets.name,
            kept_streets.lat,
            kept_streets.lon,
            kept_streets.uncertainty_m,
            kept_streets.aliases,
        ),
        Houses(
            settlement_of[kept_houses.settlement],
            street.astype(np.int32),
            kept_houses.number,
            kept_houses.lat,
            kept_houses.lon,
            kept_houses.postcode,
            kept_houses.source,
            kept_houses.source_id,
        ),
    )
    return Merged(merged, len(houses) - len(first_house), int((apart_m > FAR_M).sum()))


Table = TypeVar("Table", Settlements, Streets, Houses)


def take(table: Table, rows: NDArray[np.intp]) -> Table:
    """Give the rows at these positions, in this order; the positions they hold stay as they are."""
    return type(table)(*(getattr(table, f.name)[rows] for f in fields(table)))


def distance_m(
    lat: NDArray[np.float64],
    lon: NDArray[np.float64],
    other_lat: NDArray[np.float64] | float,
    other_lon: NDArray[np.float64] | float,
) -> NDArray[np.float64]:
    """Give great-circle distances in metres between points in degrees (haversine formula)."""
    phi, other_phi = np.radians(lat), np.radians(other_lat)
    half_phi = (other_phi - phi) / 2
    half_lambda = np.radians(np.asarray(other_lon) - lon) / 2
    chord = np.sin(half_phi) ** 2 + np.cos(phi) * np.cos(other_phi) * np.sin(half_lambda) ** 2
    metres: NDArray[np.float64] = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(chord))
    return metres


def _check_positions(what: str, column: NDArray[np.int32], low: int, end: int) -> None:
    if len(column) and not (low <= column.min() and column.max() < end):
        message = (
            f"a {what} is position {column.min()} to {column.max()}, not in {low} to {end - 1}"
        )
        raise ValueError(message)


def _first_rows(keys: Text) -> tuple[NDArray[np.intp], NDArray[np.int32]]:
    """Give the position of the first row of every key, and for each row which of those it is."""
    order: dict[str, int] = {}
    of_row = np.fromiter((order.setdefault(k, len(order)) for k in keys), np.int32, len(keys))
    _, first = np.unique(of_row, return_index=True)
    return first, of_row
