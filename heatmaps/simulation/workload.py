"""A workload of any size from a seed: towns, their subscribers, and complaints with faults.

Unlike the simulated region it is no likeness of a place: the names of towns and streets are common
in Russia, everything else is made up. The same seed gives the same files everywhere.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from heatmaps.complaints.record import Topic
from heatmaps.region.grid import cells_of, to_text
from heatmaps.simulation.dirty_addresses import writing
from heatmaps.simulation.dirty_addresses.typing_errors import can_be_mistyped, mistyped
from heatmaps.simulation.russian_names import cities, streets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from numpy.typing import NDArray

    Spelling = Callable[[np.random.Generator, writing.Address], str]

TOWNS = 16
HOUSES_A_STREET = 40
SUBSCRIBERS_A_HOUSE = 60
CALLERS_A_HOUSE = 40

FAULT_SHARE = 0.1
"""This part of the complaints comes from faults, the rest from everywhere at any time."""
COMPLAINTS_A_FAULT = 200
FAULT_H = 6.0
FAULT_RADIUS_DEG = 0.004

_HOUSES_ABREAST = HOUSES_A_STREET // 2
_HOUSE_STEP, _STREET_STEP, _TOWN_STEP = 0.0004, 0.0012, 1.2
"""Degrees between neighbours: houses along a street stand some 30 m apart, streets 130 m."""
_SOUTH, _WEST, _TOWNS_A_ROW = 54.0, 40.0, 4
_ROWS_AT_ONCE = 50_000
_WORDS = ("интернет не грузит", "пропадает связь", "звонок обрывается", "сети нет совсем",
          "слышно с перебоями", "видео зависает", "вечером особенно", "дома и во дворе",
          "третий день подряд", "перезагрузка не помогла", "прошу разобраться")  # fmt: skip
_HEADER = (
    "source", "external_id", "created_at", "updated_at", "state", "customer_id", "contact",
    "address", "city", "channel", "segment", "technology", "topic", "ltv", "text",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Houses:
    """Houses as equally long columns; WGS 84 degrees. `alone` is that of `writing.Address`."""

    city: list[str]
    street: list[str]
    number: list[str]
    alone: list[bool]
    lat: NDArray[np.float64]
    lon: NDArray[np.float64]

    def __len__(self) -> int:
        """Give the number of houses."""
        return len(self.number)

    def address(self, row: int) -> writing.Address:
        """Give the address of one."""
        return writing.Address(
            "", self.city[row], "city", self.street[row], self.number[row], self.alone[row]
        )


def draw_houses(count: int, seed: int) -> Houses:
    """Give so many houses in sixteen towns, the n-th an n-th as large as the first (Zipf)."""
    rng = np.random.default_rng(seed)
    share = 1 / np.arange(1, TOWNS + 1)
    sizes = np.floor(share / share.sum() * count).astype(int)
    sizes[0] += count - sizes.sum()
    names = [name for name, _ in cities(TOWNS)]
    towns = [_town(rng, place, name, int(size))
             for place, (name, size) in enumerate(zip(names, sizes, strict=True))]  # fmt: skip
    return Houses(
        [each for town in towns for each in town.city],
        [each for town in towns for each in town.street],
        [each for town in towns for each in town.number],
        [each for town in towns for each in town.alone],
        np.concatenate([town.lat for town in towns]),
        np.concatenate([town.lon for town in towns]),
    )


def write_gazetteer(path: Path, houses: Houses) -> None:
    """Write the houses as the CSV that `heatmaps gazetteer load` reads."""
    rows = zip(houses.city, houses.street, houses.number, houses.lat.tolist(),
               houses.lon.tolist(), strict=True)  # fmt: skip
    _write(path, ("city", "street", "house", "lat", "lon"), rows)


def write_subscribers(path: Path, houses: Houses) -> None:
    """Write subscribers per cell, as many in every house."""
    cells, number = np.unique(cells_of(houses.lat, houses.lon), return_counts=True)
    rows = zip(map(to_text, cells.tolist()), (number * SUBSCRIBERS_A_HOUSE).tolist(), strict=True)
    _write(path, ("cell", "subscribers"), rows)


@dataclass(frozen=True, slots=True)
class Plan:
    """Complaints to be written: `count` of them from `since` to `until`, aware times.

    `name` begins their ids; `spelling` writes an address down.
    """

    name: str
    count: int
    since: datetime
    until: datetime
    spelling: Spelling
    seed: int


def write_complaints(path: Path, houses: Houses, plan: Plan) -> None:
    """Write complaints in order of time."""
    rng = np.random.default_rng(plan.seed)
    seconds = int((plan.until - plan.since).total_seconds())
    house, second, topic = _drawn(rng, houses, plan.count, seconds)
    start = int(plan.since.timestamp())
    _write(path, _HEADER, _rows(rng, houses, plan, (house, start + second, topic)))


def clean(_rng: np.random.Generator, address: writing.Address) -> str:
    """Write street and house as the gazetteer has them; the city stands in its own column."""
    return f"{address.street}, {address.house}"


def dirty(rng: np.random.Generator, address: writing.Address) -> str:
    """Write an address in one of the ways people do, each as likely; see `dirty_addresses`."""
    return _WAYS[int(rng.integers(len(_WAYS)))](rng, address)


def _capitals(rng: np.random.Generator, address: writing.Address) -> str:
    return writing.plain(rng, address).upper()


def _no_type(rng: np.random.Generator, address: writing.Address) -> str:
    chosen = writing.without_type if address.alone else writing.abbreviated
    return chosen(rng, address)


def _one_typo(rng: np.random.Generator, address: writing.Address) -> str:
    text = writing.plain(rng, address)
    words = [word for word in re.findall(r"\w+", address.street) if can_be_mistyped(word)]
    words = [word for word in words if word in text and not writing.is_type(word)]
    if not words:
        return text
    word = words[int(rng.integers(len(words)))]
    return text.replace(word, mistyped(rng, word), 1)


_WAYS: tuple[Spelling, ...] = (
    writing.abbreviated, writing.swapped, _no_type, _one_typo, _capitals, writing.hurried,
)  # fmt: skip


def _town(rng: np.random.Generator, place: int, name: str, size: int) -> Houses:
    chosen = _street_names(rng, -(-size // HOUSES_A_STREET))
    bare = Counter(map(_bare, chosen))
    row, column = divmod(place, _TOWNS_A_ROW)
    street, house = np.divmod(np.arange(size), HOUSES_A_STREET)
    abreast = max(int(np.sqrt(len(chosen) / 8)), 1)
    north = street // abreast * _STREET_STEP + house % 2 * _HOUSE_STEP
    east = (street % abreast * (_HOUSES_ABREAST + 2) + house // 2) * _HOUSE_STEP
    names = [chosen[each] for each in street.tolist()]
    marks = rng.choice(["", "", "", "", "", "", " к1", "А", "/2"], size).tolist()
    return Houses(
        [name] * size,
        names,
        [f"{number + 1}{mark}" for number, mark in zip(house.tolist(), marks, strict=True)],
        [bare[_bare(each)] == 1 for each in names],
        (_SOUTH + row * _TOWN_STEP + north).round(6),
        (_WEST + column * _TOWN_STEP + east).round(6),
    )


def _street_names(rng: np.random.Generator, count: int) -> list[str]:
    """Give different names; those that are common run out in a large town, and numbers follow."""
    common = sorted(streets())
    chosen = [common[each] for each in rng.permutation(len(common)).tolist()]
    return [*chosen, *(f"{n}-я линия" for n in range(1, count - len(chosen) + 1))][:count]


def _bare(street: str) -> str:
    return " ".join(word for word in street.split() if not writing.is_type(word))


def _drawn(
    rng: np.random.Generator, houses: Houses, count: int, seconds: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Give house, second and topic of every complaint, in order of time."""
    house = rng.integers(0, len(houses), count)
    second = rng.integers(0, seconds, count)
    topic = rng.integers(0, len(Topic), count)
    lasts = min(FAULT_H * 3600, seconds)
    for number in range(int(count * FAULT_SHARE) // COMPLAINTS_A_FAULT):
        rows = slice(number * COMPLAINTS_A_FAULT, (number + 1) * COMPLAINTS_A_FAULT)
        centre = int(house[rows.start])
        house[rows] = rng.choice(_around(houses, centre), COMPLAINTS_A_FAULT)
        start = rng.random() * (seconds - lasts)
        second[rows] = (start + rng.random(COMPLAINTS_A_FAULT) * lasts).astype(np.int64)
        topic[rows] = topic[rows.start]
    order = np.argsort(second, kind="stable")
    return house[order], second[order], topic[order]


def _around(houses: Houses, centre: int) -> NDArray[np.intp]:
    near = np.abs(houses.lat - houses.lat[centre]) < FAULT_RADIUS_DEG
    return np.flatnonzero(near & (np.abs(houses.lon - houses.lon[centre]) < FAULT_RADIUS_DEG))


def _rows(
    rng: np.random.Generator,
    houses: Houses,
    plan: Plan,
    drawn: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]],
) -> Iterator[Sequence[Any]]:
    topics = list(Topic)
    for first in range(0, plan.count, _ROWS_AT_ONCE):
        house, time, topic = (column[first : first + _ROWS_AT_ONCE] for column in drawn)
        caller = (house * CALLERS_A_HOUSE + rng.integers(0, CALLERS_A_HOUSE, len(house))).tolist()
        kind = rng.integers(0, 4, (len(house), 3)).tolist()
        words = rng.integers(0, len(_WORDS), (len(house), 3)).tolist()
        ltv = rng.lognormal(9, 1, len(house)).round(2).tolist()
        columns = zip(house.tolist(), np.datetime_as_string(time.astype("datetime64[s]")).tolist(),
                      topic.tolist(), strict=True)  # fmt: skip
        for row, (at, moment, about) in enumerate(columns):
            channel, segment, technology = kind[row]
            yield (
                "bench", f"{plan.name}-{first + row}", f"{moment}+00:00", f"{moment}+00:00",
                "open", f"C{caller[row]}", f"+7 900 {caller[row] % 10**7:07d}",
                plan.spelling(rng, houses.address(at)), houses.city[at],
                ("call", "chat", "app", "web")[channel], ("mass", "mass", "b2b", "vip")[segment],
                ("2g", "3g", "4g", "5g")[technology], topics[about].value, ltv[row],
                ", ".join(_WORDS[each] for each in words[row]),
            )  # fmt: skip


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
