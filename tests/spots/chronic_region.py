"""A seeded region with places that keep coming back, for measuring what is found and what is not.

Ordinary places differ among themselves, some complaints stand at wrong places, outages come and
go, some customers call again: all that must not be taken for a gap.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import h3.api.basic_int as h3
import numpy as np

from heatmaps.insight.look_back import PastComplaints, Span, span_of
from heatmaps.spots.record import Exposure

UNTIL = datetime(2026, 7, 1, tzinfo=UTC)
DAY_US = 24 * 3_600_000_000
RATE_A_DAY = 0.003 / 30
SHARES = np.array([0.12, 0.1, 0.2, 0.28, 0.1, 0.12, 0.08])  # of topics, in their order
LACK = np.array([0.3, 0.5, 0.1, 0.1, 0.0, 0.0, 0.0])  # what a lack of coverage is told as


@dataclass(frozen=True)
class ChronicRegion:
    exposure: Exposure
    complaints: PastComplaints
    span: Span
    chronic: frozenset[int]
    """Cells of resolution 8 where the network falls short."""


@dataclass(frozen=True)
class Setting:
    """`blocks` populated cells of resolution 8, `gaps` of them with `ratio` times the usual rate.

    `spread` is the variance of ordinary places' rates; `outages` break out in the whole span.
    """

    blocks: int = 600
    gaps: int = 12
    days: int = 180
    spread: float = 0.15
    outages: int = 10
    ratio: tuple[float, float] = (3.0, 8.0)


def make_region(seed, setting=None):
    setting = setting or Setting()
    blocks, gaps, days = setting.blocks, setting.gaps, setting.days
    spread = setting.spread
    rng = np.random.default_rng(seed)
    rings = int(np.ceil(np.sqrt(blocks / 3)))
    disk = np.array(sorted(h3.grid_disk(h3.latlng_to_cell(55.0, 50.0, 8), rings)), dtype=np.int64)
    block = rng.choice(disk, blocks, replace=False)
    people = rng.lognormal(6.3, 0.9, blocks)
    cell = np.array([h3.cell_to_children(b, 9) for b in block.tolist()], dtype=np.int64)
    parts_of = rng.dirichlet(np.full(7, 3.0), blocks)
    subscribers = people[:, None] * parts_of
    usual = people * RATE_A_DAY * days * rng.gamma(1 / spread, spread, blocks)
    enough = np.flatnonzero(people * RATE_A_DAY * days >= 1.0)
    chronic = rng.choice(enough, gaps, replace=False) if gaps else np.zeros(0, dtype=np.intp)
    more = people[chronic] * RATE_A_DAY * days * (rng.uniform(*setting.ratio, gaps) - 1)
    parts = [
        _told(rng, np.repeat(np.arange(blocks), rng.poisson(usual)), SHARES, days),
        _told(rng, np.repeat(chronic, rng.poisson(more)), LACK, days),
        *(_outage(rng, blocks, days) for _ in range(setting.outages)),
    ]
    where, topic, moment = (np.concatenate(column) for column in zip(*parts, strict=True))
    stray = rng.random(len(where)) < 0.03
    where[stray] = rng.integers(0, blocks, int(stray.sum()))
    customer = np.arange(len(where))
    again = rng.choice(len(where), int(0.15 * len(where)), replace=False)
    moment = np.concatenate(
        [moment, np.minimum(moment[again] + rng.exponential(10, len(again)), days)]
    )
    where, topic, customer = (np.concatenate([c, c[again]]) for c in (where, topic, customer))
    order = np.argsort(moment, kind="stable")
    complaints = at_cells(
        cell[where, _part(rng, parts_of[where])][order],
        time=us(UNTIL) - ((days - moment[order]) * DAY_US).astype(np.int64),
        customer=customer[order], topic=topic[order],
    )  # fmt: skip
    flat = np.argsort(cell.ravel())
    exposure = Exposure(cell.ravel()[flat], subscribers.ravel()[flat])
    span = span_of(UNTIL - timedelta(days=days), UNTIL, UTC, 6)
    return ChronicRegion(exposure, complaints, span, frozenset(block[chronic].tolist()))


def us(moment):
    return int(moment.timestamp()) * 1_000_000


PLAIN = {"topic": (1, np.int8), "technology": (-1, np.int8), "indoor": (-1, np.int8),
         "ltv": (np.nan, np.float64)}  # fmt: skip


def at_cells(cell, *, time, customer=None, **given):
    """Columns with something plain wherever nothing is said; resolutions are the cells' own."""
    cell = np.asarray(cell, dtype=np.int64)
    rows = len(cell)
    return PastComplaints(
        customer=np.arange(rows) if customer is None else np.asarray(customer, dtype=np.int64),
        cell=cell,
        resolution=np.array([h3.get_resolution(c) for c in cell.tolist()], dtype=np.int8),
        time=np.asarray(time, dtype=np.int64),
        **{
            name: np.asarray(given.get(name, np.full(rows, plain)), dtype=kind)
            for name, (plain, kind) in PLAIN.items()
        },
    )


def _part(rng, shares):
    """Draw one of the parts of each row by its shares."""
    return (rng.random((len(shares), 1)) > shares.cumsum(axis=1)).sum(axis=1).clip(max=6)


def _told(rng, where, shares, days):
    topic = rng.choice(len(shares), len(where), p=shares).astype(np.int8)
    return where, topic, rng.uniform(0, days, len(where))


def _outage(rng, blocks, days):
    size = int(rng.integers(8, 50))
    where = np.repeat(rng.integers(0, blocks, 2), [size, size // 3])
    start, length = rng.uniform(0, days - 7), rng.uniform(0.2, 7)
    return where, np.full(len(where), 2, dtype=np.int8), start + rng.uniform(0, length, len(where))
