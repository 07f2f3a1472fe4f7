"""A gazetteer blown up: real street names and numbers drawn into many cities on a made-up plain."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from heatmaps.geocoding.gazetteer import (
    Gazetteer,
    Houses,
    Settlements,
    Streets,
    text_column,
)
from heatmaps.simulation.dirty_addresses.alphabets import has_cyrillic
from heatmaps.simulation.russian_names import cities, streets

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from heatmaps.geocoding.gazetteer import Text

LEAST_CITIES = 4
"""Fewer would leave no street that one city has and another has not."""

HOUSES_A_CITY = 16_000
STREETS_A_CITY = 900
"""About the size of a Russian city of 300,000: the density at which names begin to look alike."""

CITY_RADIUS_M = 8_000.0
STREET_RADIUS_M = 500.0
_CITY_STEP = 0.4
_HOUSE_STEP = 0.001
"""Degrees between neighbouring cities and houses: no two houses stand within 60 metres."""
_WEST, _SOUTH, _CITIES_A_ROW, _HOUSES_A_ROW = 30.0, 50.0, 40, 200


class _Plan(NamedTuple):
    """Which street stands where: a column each, one row a street."""

    city: NDArray[np.int32]
    name: Text


def blown_up(real: Gazetteer, houses: int, seed: int) -> Gazetteer:
    """Give a gazetteer of that many houses, with the Russian names and the numbers of a real one.

    Each city takes its own draw of the street names, those of the real gazetteer and those common
    in Russia, and each street numbers from the real ones, as often as they occur there.
    Coordinates are made up: a city every 0.4 degrees, a house every 0.001. Fewer houses come back
    where the real numbers do not suffice. Repeats with the seed.
    """
    rng = np.random.default_rng(seed)
    russian = {name for name in real.streets.name if has_cyrillic(name)}
    names = text_column(sorted({*russian, *streets()}))
    towns = cities(max(LEAST_CITIES, round(houses / HOUSES_A_CITY)))
    return _built(rng, real, _settlements(towns), _plan(rng, names, len(towns)), houses)


def _settlements(towns: list[tuple[str, str]]) -> Settlements:
    position = np.arange(len(towns))
    lat = _SOUTH + _CITY_STEP * (position // _CITIES_A_ROW)
    lon = _WEST + _CITY_STEP * (position % _CITIES_A_ROW)
    return Settlements(
        text_column([name for name, _ in towns]),
        text_column(["city"] * len(towns)),
        text_column([region for _, region in towns]),
        lat.astype(np.float64),
        lon.astype(np.float64),
        np.full(len(towns), CITY_RADIUS_M),
        text_column([None] * len(towns)),
        text_column([""] * len(towns)),
    )


def _plan(rng: np.random.Generator, names: Text, towns: int) -> _Plan:
    held = min(STREETS_A_CITY, len(names) * 2 // 3)
    drawn = [rng.choice(len(names), held, replace=False) for _ in range(towns)]
    city = np.repeat(np.arange(towns, dtype=np.int32), held)
    return _Plan(city, names[np.concatenate(drawn)])


def _built(
    rng: np.random.Generator, real: Gazetteer, settlements: Settlements, plan: _Plan, count: int
) -> Gazetteer:
    """Give the streets of the plan with numbers drawn onto them until there are about `count`."""
    street, number = _numbered(rng, real, len(plan.city), count)
    town = plan.city[street]
    lat, lon = _grid(settlements, town)
    first = np.minimum(np.searchsorted(street, np.arange(len(plan.city))), len(street) - 1)
    streets_ = Streets(
        plan.city,
        plan.name,
        lat[first],
        lon[first],
        np.full(len(plan.city), STREET_RADIUS_M),
        text_column([""] * len(plan.city)),
    )
    blank = text_column([""] * len(street))
    houses = Houses(town, street, number, lat, lon, blank, blank, blank)
    return Gazetteer(settlements, streets_, houses)


def _numbered(
    rng: np.random.Generator, real: Gazetteer, streets_: int, count: int
) -> tuple[NDArray[np.int32], Text]:
    """Give the street of every house, ascending, and its number; no number twice on a street."""
    numbers, times = np.unique(real.houses.number.astype(str), return_counts=True)
    share = times / times.sum()
    street, number = np.empty(0, np.int64), np.empty(0, np.int64)
    while len(street) < count and len(street) < streets_ * len(numbers):
        more = count - len(street)
        held = np.stack(
            [rng.integers(streets_, size=more), rng.choice(len(numbers), more, p=share)]
        )
        pairs = np.unique(np.hstack([np.stack([street, number]), held]), axis=1)
        street, number = pairs[0], pairs[1]
    return street.astype(np.int32), numbers.astype(object)[number]


def _grid(
    settlements: Settlements, town: NDArray[np.int32]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give each house its place on the grid of its town, street by street."""
    within = np.arange(len(town)) - np.searchsorted(town, town)
    row, column = np.divmod(within, _HOUSES_A_ROW)
    return (
        settlements.lat[town] + _HOUSE_STEP * row,
        settlements.lon[town] + _HOUSE_STEP * column,
    )
