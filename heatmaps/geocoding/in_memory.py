"""A gazetteer file read whole into memory, for files of a town and for tests.

Loading into a store does the same by parts, in its temporary tables.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from heatmaps.geocoding.assembly import MIN_STREET_M, circles
from heatmaps.geocoding.gazetteer import (
    NO_STREET,
    Gazetteer,
    Houses,
    Streets,
    merge_duplicates,
    take,
    text_column,
)
from heatmaps.geocoding.reading import (
    AliasRows,
    HouseRows,
    ReadReport,
    StreetRows,
    require_rows,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from heatmaps.geocoding.gazetteer import Text
    from heatmaps.geocoding.reading import GazetteerReader

Rows = TypeVar("Rows", StreetRows, AliasRows, HouseRows)


def read_whole(path: Path, reader: GazetteerReader) -> tuple[Gazetteer, ReadReport]:
    """Give all of a file as a gazetteer, duplicates merged, and the report.

    Raises FileError where no row can be used.
    """
    parts = list(reader.parts())
    counts = reader.counts
    require_rows(path, counts)
    streets = _joined(StreetRows, [part.streets for part in parts])
    aliases = _joined(AliasRows, [part.aliases for part in parts])
    houses = _joined(HouseRows, [part.houses for part in parts])
    stands_for = same_streets(streets, aliases)
    streets = replace(streets, unit=_replaced(streets.unit, stands_for))
    houses = replace(houses, unit=_replaced(houses.unit, stands_for))
    gazetteer = _gazetteer(reader, streets, aliases, houses)
    merged = merge_duplicates(_only_settled(gazetteer, reader.settled()))
    left_out = counts.left_out + type(counts.left_out)(duplicate=merged.duplicates)
    report = ReadReport(
        counts.rows,
        len(merged.gazetteer.houses),
        len(merged.gazetteer.streets),
        len(merged.gazetteer.settlements),
        counts.points,
        {reason: count for reason, count in left_out.items() if count},
        merged.far_apart,
        counts.assumed,
        counts.assumed_settlement,
    )
    return merged.gazetteer, report


def same_streets(streets: StreetRows, aliases: AliasRows) -> dict[int, int]:
    """Give the units that are another street under one of its other names.

    A street that the file names itself stays one, and so does a name that two streets share.
    """
    named = set(streets.unit[streets.named].tolist())
    meant: dict[int, set[int]] = {}
    for alias_unit, unit in zip(aliases.alias_unit.tolist(), aliases.unit.tolist(), strict=True):
        if alias_unit not in named:
            meant.setdefault(alias_unit, set()).add(unit)
    return {alias: units.pop() for alias, units in meant.items() if len(units) == 1}


def _gazetteer(
    reader: GazetteerReader, streets: StreetRows, aliases: AliasRows, houses: HouseRows
) -> Gazetteer:
    named = take_rows(streets, np.flatnonzero(streets.key != ""))
    units, first, of_row = np.unique(named.unit, return_index=True, return_inverse=True)
    order = np.argsort(first)
    position = np.empty(len(units), dtype=np.int32)
    position[order] = np.arange(len(units))
    box = np.empty((4, len(units)))
    box[:2], box[2:] = np.inf, -np.inf
    at = position[of_row]
    np.minimum.at(box[0], at, named.south)
    np.minimum.at(box[1], at, named.west)
    np.maximum.at(box[2], at, named.north)
    np.maximum.at(box[3], at, named.east)
    lat, lon, radius = circles(*box)
    own = take_rows(named, first[order])
    table = Streets(
        own.place, own.name, lat, lon, np.maximum(radius, MIN_STREET_M),
        _alias_column(own.unit, aliases),
    )  # fmt: skip
    place_of = dict(zip(streets.unit.tolist(), streets.place.tolist(), strict=True))
    found = np.searchsorted(units, houses.unit).clip(0, max(len(units) - 1, 0))
    on_street = units[found] == houses.unit if len(units) else np.zeros(len(houses.unit), bool)
    street = np.full(len(houses.unit), NO_STREET, dtype=np.int32)
    street[on_street] = position[found[on_street]]
    place = np.array([place_of[unit] for unit in houses.unit.tolist()], dtype=np.int32)
    return Gazetteer(
        reader.settlements(),
        table,
        Houses(place, street, houses.number, houses.lat, houses.lon, houses.postcode,
               houses.source, houses.source_id),
    )  # fmt: skip


def _alias_column(units: NDArray[np.int64], aliases: AliasRows) -> Text:
    of_unit: dict[int, set[str]] = {}
    for unit, alias in zip(aliases.unit.tolist(), aliases.alias, strict=True):
        of_unit.setdefault(unit, set()).add(alias)
    return text_column(["\n".join(sorted(of_unit.get(unit, ()))) for unit in units.tolist()])


def _replaced(units: NDArray[np.int64], by: Mapping[int, int]) -> NDArray[np.int64]:
    return np.array([by.get(unit, unit) for unit in units.tolist()], dtype=np.int64)


def _joined(kind: type[Rows], rows: list[Rows]) -> Rows:
    return kind(*(np.concatenate([getattr(r, f.name) for r in rows]) for f in fields(kind)))


def take_rows(rows: Rows, which: NDArray[np.intp]) -> Rows:
    """Give the rows at these positions."""
    return type(rows)(*(getattr(rows, f.name)[which] for f in fields(rows)))


def _only_settled(gazetteer: Gazetteer, settled: NDArray[np.bool_]) -> Gazetteer:
    """Leave out the settlements that nothing stands in."""
    used = np.flatnonzero(settled)
    position = np.zeros(len(gazetteer.settlements), dtype=np.int32)
    position[used] = np.arange(len(used))
    streets, houses = gazetteer.streets, gazetteer.houses
    return Gazetteer(
        take(gazetteer.settlements, used),
        replace(streets, settlement=position[streets.settlement]),
        replace(houses, settlement=position[houses.settlement]),
    )
