"""A seeded history of months with chronic places in it, and much that only looks like one.

Ordinary places differ among themselves; the region has seasons, bad days and grows; districts are
built; some customers call again; addresses are wrong; outages come and go, twice at some places;
and some people live where no subscribers were loaded.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import h3.api.basic_int as h3
import numpy as np

from heatmaps.insight.look_back import PastComplaints
from heatmaps.spots.record import Exposure

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Days = NDArray[np.float64]
    Rows = tuple[NDArray[np.int64], NDArray[np.int8], Days]

UNTIL = datetime(2026, 7, 1, tzinfo=UTC)
BLOCK_RESOLUTION = 8
MONTH_DAYS = 30.0

_A_MONTH = 0.003
"""Complaints a subscriber makes in a month where nothing is wrong."""

_SPREAD = 0.15
"""Variance of the rates of ordinary places, the mean being one."""

_USUAL = np.array([0.12, 0.1, 0.2, 0.28, 0.1, 0.12, 0.08])
_LACK = np.array([0.25, 0.45, 0.1, 0.15, 0.0, 0.05, 0.0])
_OUTAGE = np.array([0.6, 0.05, 0.3, 0.05, 0.0, 0.0, 0.0])
"""Shares of the topics, in their order: as usual, of a lack of coverage, in an outage."""

_CENTRE = h3.latlng_to_cell(55.0, 50.0, BLOCK_RESOLUTION)
_CHILDREN = 7
_US_A_DAY = 24 * 3_600_000_000
_NEW_DISTRICTS = 0.03
_UNKNOWN_DISTRICTS = 0.01
_STRAY, _AGAIN, _AGAIN_AFTER_DAYS = 0.03, 0.15, 10.0
_BAD_DAYS, _BAD_TIMES = 8, 5.0
_OUTAGES_A_BLOCK_YEAR = 0.12
_TWICE = 0.25


@dataclass(frozen=True, slots=True)
class Wanted:
    """`blocks` populated cells of resolution 8, `chronic` of them short of network at some time."""

    blocks: int = 600
    chronic: int = 36
    days: int = 720


@dataclass(frozen=True, slots=True)
class Planted:
    """Chronic places as columns: block, times the usual, and days before the end it began, ended.

    `ended` is 0 of those that go on; `slope` 1 of those that grow from the usual to twice their
    strength, -1 of those that fall likewise, 0 of all others.
    """

    block: NDArray[np.int64]
    times: NDArray[np.float64]
    began: Days
    ended: Days
    slope: NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class History:
    """What a store would hold, and the truth: blocks of outages and without subscribers loaded."""

    complaints: PastComplaints
    exposure: Exposure
    planted: Planted
    outages: NDArray[np.int64]
    unknown: NDArray[np.int64]


STRENGTHS = (2.0, 3.0, 5.0, 8.0)
_COURSES = (  # (weight, began, ended) in days before the end, each drawn from a range
    (0.25, (720, 720), (0, 0)),
    (0.30, (120, 330), (0, 0)),
    (0.15, (40, 90), (0, 0)),
    (0.15, (300, 400), (35, 80)),
    (0.15, (380, 600), (150, 260)),
)


def history(seed: int, wanted: Wanted) -> History:
    """Give a history up to `UNTIL`, the same for a seed."""
    rng = np.random.default_rng(seed)
    rings = int(np.ceil(np.sqrt(wanted.blocks / 3)))
    disk = np.array(sorted(h3.grid_disk(_CENTRE, rings)), dtype=np.int64)
    block = rng.choice(disk, wanted.blocks, replace=False)
    people = rng.lognormal(6.3, 0.9, wanted.blocks)
    parts = rng.dirichlet(np.full(_CHILDREN, 3.0), wanted.blocks)
    planted = _planted(rng, people, wanted)
    rates = people * _A_MONTH / MONTH_DAYS * rng.gamma(1 / _SPREAD, _SPREAD, wanted.blocks)
    rates[planted.block] = people[planted.block] * _A_MONTH / MONTH_DAYS
    season = _season(rng, wanted.days)
    built = rng.random(wanted.blocks) < _NEW_DISTRICTS
    outages, struck = _outages(rng, wanted)
    told = [_usual(rng, rates, built, season), _chronic(rng, planted, rates, season), outages]
    where, topic, day = (np.concatenate(column) for column in zip(*told, strict=True))
    cell = np.array([h3.cell_to_children(b, BLOCK_RESOLUTION + 1) for b in block.tolist()])
    complaints = _complaints(rng, (where, topic, day), cell, parts)
    unknown = np.setdiff1d(
        rng.choice(wanted.blocks, int(_UNKNOWN_DISTRICTS * wanted.blocks), replace=False),
        planted.block,
    )
    exposure = _exposure(cell, people[:, None] * parts, unknown)
    blocks = Planted(block[planted.block], *(
        getattr(planted, name) for name in Planted.__slots__[1:]
    ))  # fmt: skip
    return History(complaints, exposure, blocks, block[struck], block[unknown])


def _planted(rng: np.random.Generator, people: NDArray[np.float64], wanted: Wanted) -> Planted:
    enough = np.flatnonzero(people * _A_MONTH >= 0.5)  # noqa: PLR2004 - a complaint in two months
    block = rng.choice(enough, wanted.chronic, replace=False)
    weights = np.array([weight for weight, *_ in _COURSES])
    course = rng.choice(len(_COURSES), wanted.chronic, p=weights)
    ranges = np.array([(*began, *ended) for _, began, ended in _COURSES], dtype=np.float64)[course]
    began = rng.uniform(ranges[:, 0], ranges[:, 1])
    slope = np.where(course == 0, rng.choice([-1, 0, 0, 1], wanted.chronic), 0).astype(np.int8)
    return Planted(
        block, rng.choice(STRENGTHS, wanted.chronic), np.minimum(began, wanted.days),
        rng.uniform(ranges[:, 2], ranges[:, 3]), slope,
    )  # fmt: skip


def _season(rng: np.random.Generator, days: int) -> Days:
    """Give how many times the usual each day brings to the whole region; it grows by half."""
    day = np.arange(days)
    told = (1 + 0.3 * np.sin(2 * np.pi * day / 365.25)) * (1 + 0.5 * day / days)
    told[rng.choice(days, _BAD_DAYS, replace=False)] *= _BAD_TIMES
    return np.asarray(told)


def _usual(
    rng: np.random.Generator, rates: NDArray[np.float64], built: NDArray[np.bool_], season: Days
) -> Rows:
    days = len(season)
    where = np.repeat(np.arange(len(rates)), rng.poisson(rates * season.sum()))
    day = rng.choice(days, len(where), p=season / season.sum()) + rng.random(len(where))
    there = ~built[where] | (rng.random(len(where)) < day / days)  # a new district fills by and by
    return where[there], _topics(rng, _USUAL, int(there.sum())), day[there]


def _chronic(
    rng: np.random.Generator, planted: Planted, rates: NDArray[np.float64], season: Days
) -> Rows:
    days = len(season)
    begin, end = days - planted.began, days - planted.ended
    more = rates[planted.block] * (planted.times - 1)
    strongest = np.where(planted.slope == 0, 1.0, 2.0)
    number = rng.poisson(more * strongest * (end - begin) * season.max())
    row = np.repeat(np.arange(len(number)), number)
    share = rng.random(len(row))
    day = begin[row] + share * (end - begin)[row]
    latest = (day - (days - 360)).clip(0) / 360  # the course over the year that is looked back on
    kept = np.select([planted.slope[row] > 0, planted.slope[row] < 0], [latest, 1 - latest], 1.0)
    kept = kept * season[day.astype(np.int64)] / season.max()
    told = rng.random(len(row)) < kept
    return planted.block[row[told]], _topics(rng, _LACK, int(told.sum())), day[told]


def _outages(rng: np.random.Generator, wanted: Wanted) -> tuple[Rows, NDArray[np.int64]]:
    """Give what outages bring forth, and their blocks; each lasts two weeks at most."""
    number = rng.poisson(_OUTAGES_A_BLOCK_YEAR * wanted.blocks * wanted.days / 365)
    block = rng.integers(0, wanted.blocks, number)
    block = np.concatenate([block, block[rng.random(number) < _TWICE]])
    lasting = np.minimum(rng.lognormal(0.0, 1.2, len(block)), 14.0)
    start = rng.uniform(0, wanted.days - 14, len(block))
    many = rng.integers(5, 80, len(block))
    row = np.repeat(np.arange(len(block)), many)
    day = start[row] + rng.random(len(row)) * lasting[row]
    return (block[row], _topics(rng, _OUTAGE, len(row)), day), np.unique(block)


def _topics(rng: np.random.Generator, shares: NDArray[np.float64], rows: int) -> NDArray[np.int8]:
    return rng.choice(len(shares), rows, p=shares).astype(np.int8)


def _complaints(
    rng: np.random.Generator, told: Rows, cell: NDArray[np.int64], parts: NDArray[np.float64]
) -> PastComplaints:
    where, topic, day = told
    stray = rng.random(len(where)) < _STRAY
    where = np.where(stray, rng.integers(0, len(cell), len(where)), where)
    part = (rng.random((len(where), 1)) > parts[where].cumsum(axis=1)).sum(axis=1)
    at = cell[where, part.clip(max=_CHILDREN - 1)]
    again = np.flatnonzero(rng.random(len(where)) < _AGAIN)
    last = day.max()
    later = np.minimum(day[again] + rng.exponential(_AGAIN_AFTER_DAYS, len(again)), last)
    row = np.concatenate([np.arange(len(where)), again])
    day = np.concatenate([day, later])
    order = np.argsort(day, kind="stable")
    row, rows = row[order], len(order)
    end = round(UNTIL.timestamp()) * 1_000_000
    ago = np.ceil(last) - day[order]
    return PastComplaints(
        customer=row,
        cell=at[row],
        resolution=np.full(rows, BLOCK_RESOLUTION + 1, dtype=np.int8),
        time=end - (ago * _US_A_DAY).astype(np.int64),
        topic=topic[row],
        technology=np.full(rows, -1, dtype=np.int8),
        indoor=np.full(rows, -1, dtype=np.int8),
        ltv=np.full(rows, np.nan),
    )


def _exposure(
    cell: NDArray[np.int64], people: NDArray[np.float64], unknown: NDArray[np.int64]
) -> Exposure:
    known = np.setdiff1d(np.arange(len(cell)), unknown)
    flat = cell[known].ravel()
    order = np.argsort(flat)
    return Exposure(flat[order], people[known].ravel()[order])
