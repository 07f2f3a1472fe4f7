"""A seeded region for measuring detection: independent of the package's own simulation.

A city, towns and country; rhythm of the week; chronic differences; region-wide bad days; wrong
and coarse geocodes; repeat callers; planted faults with their truth.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import h3.api.basic_int as h3
import numpy as np

from heatmaps.region.grid import parents
from heatmaps.spots.expectation import History, fit_expectation
from heatmaps.spots.explained import Explained
from heatmaps.spots.ground import Ground, lattices_for
from heatmaps.spots.record import ComplaintColumns, Exposure

ZONE = ZoneInfo("Europe/Moscow")
START = datetime(2024, 3, 4, tzinfo=UTC)
HOUR_US = 3_600_000_000
START_US = int(START.timestamp()) * 1_000_000
CENTRE = h3.latlng_to_cell(59.94, 30.3, 9)
NOW_H = 400
NOW = START_US + NOW_H * HOUR_US
MONTHLY_RATE = 0.003
TOPIC_SHARES = np.array([0.12, 0.1, 0.2, 0.28, 0.1, 0.12, 0.08])


@dataclass(frozen=True)
class Fault:
    start: int
    end: int
    topic: int
    cells: frozenset[int]
    complaint_ids: frozenset[int]
    size: int


@dataclass(frozen=True)
class Region:
    exposure: Exposure
    columns: ComplaintColumns
    faults: tuple[Fault, ...]
    first_tick: datetime
    last_tick: datetime


def us(moment: datetime) -> int:
    return int(moment.timestamp()) * 1_000_000


def make_exposure(rng, subscribers):
    """City with a dense middle, a dozen towns, villages of one to three cells."""
    cells = {}
    lat, lon = 55.0, 50.0
    populated = max(int(subscribers / 50), 60)
    city_ring = max(int(np.sqrt(populated * 0.5 / 3)), 3)
    centre = h3.latlng_to_cell(lat, lon, 9)
    for ring in range(city_ring + 1):
        for cell in h3.grid_ring(centre, ring):
            if rng.random() < 0.85:
                cells[cell] = np.exp(-2.2 * ring / city_ring) * rng.lognormal(0, 0.7) * 3
    while len(cells) < populated * 0.75:
        town = h3.latlng_to_cell(lat + rng.normal(0, 0.5), lon + rng.normal(0, 0.9), 9)
        ring = int(rng.integers(3, 12))
        for cell in h3.grid_disk(town, ring):
            if rng.random() < 0.7:
                cells[cell] = rng.lognormal(0, 0.6)
    while len(cells) < populated:
        village = h3.latlng_to_cell(lat + rng.normal(0, 0.7), lon + rng.normal(0, 1.2), 9)
        for cell in h3.grid_disk(village, 1)[: int(rng.integers(1, 4))]:
            cells[cell] = 0.25 * rng.lognormal(0, 0.8)
    cell = np.array(sorted(cells), dtype=np.int64)
    people = np.array([cells[c] for c in cell.tolist()])
    return Exposure(cell, np.round(people / people.sum() * subscribers + 1))


def rhythm(hour_of_week):
    hour, day = hour_of_week % 24, hour_of_week // 24
    of_day = 0.15 + np.exp(-(((hour - 11) / 3.5) ** 2)) + 1.2 * np.exp(-(((hour - 19) / 2.8) ** 2))
    return of_day * np.where(day == 0, 1.15, np.where(day >= 5, 0.8, 1.0))


@dataclass(frozen=True)
class Setting:
    """What a region is like; rates and spreads as in the domain's figures."""

    subscribers: float = 1_000_000
    history_days: int = 44
    days: int = 28
    faults_per_week: float = 12.0
    bad_geocodes: float = 0.05
    bad_days: float = 2.0
    chronic: float = 0.5


def make_region(seed, setting=None):
    setting = setting or Setting()
    history_days, days = setting.history_days, setting.days
    rng = np.random.default_rng(seed)
    exposure = make_exposure(rng, setting.subscribers)
    hours = (history_days + days) * 24
    first = us(START) // HOUR_US
    local = np.array(
        [
            24 * t.weekday() + t.hour
            for t in (
                datetime.fromtimestamp((first + h) * 3600, UTC).astimezone(ZONE)
                for h in range(hours)
            )
        ]
    )
    beat = rhythm(local)
    beat /= rhythm(np.arange(168)).mean()
    level = np.repeat(rng.lognormal(0, 0.08, hours // 24), 24)
    for _ in range(rng.poisson(setting.bad_days * hours / 24 / 28)):
        begin = rng.integers(0, hours - 12)
        level[begin : begin + rng.integers(6, 30)] *= rng.uniform(1.5, 4)
    place = _chronic(rng, exposure.cell, setting.chronic)
    per_hour = exposure.subscribers * MONTHLY_RATE / 720 * place
    parts = [_ordinary(rng, exposure, per_hour, beat * level, setting.bad_geocodes)]
    faults, start_id = [], len(parts[0][0])
    for _ in range(rng.poisson(setting.faults_per_week * days / 7)):
        fault, extra = _fault(rng, exposure, beat, history_days * 24, start_id)
        start_id += len(extra[0])
        faults.append(fault)
        parts.append(extra)
    cell, hour_offset, topic, own_id = (np.concatenate(p) for p in zip(*parts, strict=True))
    columns = assemble(
        rng, cell, us(START) + (hour_offset * HOUR_US).astype(np.int64), topic, own_id
    )
    tick = START + timedelta(days=history_days)
    return Region(
        exposure,
        columns,
        tuple(faults),
        tick + timedelta(hours=1),
        tick + timedelta(days=days),
    )


def assemble(rng, cell, time, topic, own_id):
    """Give columns with some coarse places, late arrivals and repeat callers."""
    customer = own_id.copy()
    again = np.flatnonzero(rng.random(len(cell)) < 0.05)
    cell = np.concatenate([cell, cell[again]])
    time = np.concatenate(
        [time, time[again] + (rng.exponential(30, len(again)) * HOUR_US).astype(np.int64)]
    )
    topic = np.concatenate([topic, topic[again]])
    customer = np.concatenate([customer, customer[again]])
    own_id = np.concatenate([own_id, own_id.max(initial=0) + 1 + np.arange(len(again))])
    resolution = np.full(len(cell), 9, dtype=np.int8)
    coarse = rng.random(len(cell))
    for limit, res in ((0.02, 8), (0.01, 7), (0.002, 5)):
        rows = coarse < limit
        cell = np.where(
            rows, parents(cell, res) if not rows.any() else _coarse(cell, rows, res), cell
        )
        resolution[rows] = res
    late = np.where(rng.random(len(cell)) < 0.03, rng.exponential(5, len(cell)), 0)
    available = time + (late * HOUR_US).astype(np.int64)
    order = np.lexsort((own_id, time))
    return ComplaintColumns(
        complaint_id=own_id[order].astype(np.int64),
        customer=customer[order].astype(np.int64),
        cell=cell[order].astype(np.int64),
        resolution=resolution[order],
        time=time[order],
        available=available[order],
        topic=topic[order].astype(np.int8),
    )


def _coarse(cell, rows, res):
    out = cell.copy()
    out[rows] = [
        h3.cell_to_parent(c, res) if h3.get_resolution(c) > res else c for c in cell[rows].tolist()
    ]
    return out


def _chronic(rng, cell, cv):
    if cv == 0:
        return np.ones(len(cell))
    _, owner = np.unique(parents(cell, 7), return_inverse=True)
    shape = 1 / cv**2
    wide = rng.gamma(2 * shape, 1 / (2 * shape), int(owner.max()) + 1)
    return wide[owner] * rng.gamma(shape, 1 / shape, len(cell))


def _ordinary(rng, exposure, per_hour, beat, bad):
    n = rng.poisson(per_hour.sum() * beat.sum())
    where = rng.choice(len(per_hour), n, p=per_hour / per_hour.sum())
    wrong = rng.random(n) < bad
    where[wrong] = rng.integers(0, len(per_hour), int(wrong.sum()))
    cell = exposure.cell[where]
    nowhere = np.flatnonzero(wrong & (rng.random(n) < 0.3))
    cell[nowhere] = [
        h3.latlng_to_cell(lat, lon, 9)
        for lat, lon in zip(
            rng.normal(55.0, 0.5, len(nowhere)), rng.normal(50, 0.9, len(nowhere)), strict=True
        )
    ]
    hour = rng.choice(len(beat), n, p=beat / beat.sum()) + rng.random(n)
    return cell, hour, rng.choice(7, n, p=TOPIC_SHARES), np.arange(n)


def _fault(rng, exposure, beat, earliest_h, first_id):
    size = int(rng.choice([5, 10, 20, 40]))
    while True:
        middle = int(rng.choice(exposure.cell, p=exposure.subscribers / exposure.subscribers.sum()))
        wide = rng.random() < 0.2
        if wide:
            around = h3.grid_disk(h3.cell_to_parent(middle, 7), int(rng.integers(1, 5)))
            children = [c for a in around for c in h3.cell_to_children(a, 9)]
        else:
            children = h3.grid_disk(middle, int(rng.integers(0, 5)))
        inside = np.flatnonzero(np.isin(exposure.cell, np.array(children, dtype=np.int64)))
        people = exposure.subscribers[inside]
        if people.sum() > size * 8 and people.sum() < 0.15 * exposure.subscribers.sum():
            break
    length = float(np.exp(rng.uniform(np.log(3), np.log(168))))
    start = earliest_h + rng.uniform(0, max(len(beat) - earliest_h - length, 1))
    hours = np.arange(int(start), int(start + length) + 1)
    hours = hours[hours < len(beat)]
    odds = beat[hours] + 0.1
    hour = rng.choice(hours, size, p=odds / odds.sum()) + rng.random(size)
    hour = np.clip(hour, start, start + length)
    main = int(rng.choice(7, p=TOPIC_SHARES))
    topic = np.where(rng.random(size) < 0.75, main, rng.choice(7, size, p=TOPIC_SHARES))
    cell = exposure.cell[rng.choice(inside, size, p=people / people.sum())]
    ids = np.arange(first_id, first_id + size)
    begin = us(START) + int(start * HOUR_US)
    fault = Fault(
        begin,
        begin + int(length * HOUR_US),
        main,
        frozenset(exposure.cell[inside].tolist()),
        frozenset(ids.tolist()),
        size,
    )
    return fault, (cell, hour, topic, ids)


@dataclass
class Run:
    """What a replay found: every spot as it was at opening, and as it was last."""

    opened: dict
    last: dict
    living: tuple
    next_id: int


def replay(detector, columns, first, last, run=None):
    """Step hour by hour; a spot quiet for a day is over, as the desk would have it."""
    run = run or Run({}, {}, (), 1)
    tick, explained = first, Explained(columns)
    while tick <= last:
        for spot in run.last.values():
            explained.take_in(spot)
        result = detector.step(columns, tick, run.living, explained, run.next_id)
        run.next_id = result.next_id
        for spot in result.spots:
            run.last[spot.spot_id] = spot
            if spot.spot_id in result.opened:
                run.opened[spot.spot_id] = spot
        over = timedelta(hours=24)
        run.living = tuple(
            s
            for s in result.spots
            if s.merged_into is None and not (s.quiet_since and tick - s.quiet_since >= over)
        )
        tick += timedelta(hours=1)
    return run


def to_grid(cells, resolution):
    if resolution == 9:
        return set(cells)
    return {child for cell in cells for child in h3.cell_to_children(cell, 9)}


def judge(region, run):
    """Give found faults with delay in hours and F1 of populated cells at opening, false alarms."""
    populated = set(region.exposure.cell.tolist())
    found, alarms = {}, 0
    for spot in sorted(run.opened.values(), key=lambda s: s.opened_at):
        ids = set(spot.complaint_ids)
        hits = [
            (len(ids & fault.complaint_ids), which)
            for which, fault in enumerate(region.faults)
            if len(ids & fault.complaint_ids) >= 2
        ]
        if not hits:
            alarms += 1
            continue
        which = max(hits)[1]
        if which in found:
            continue
        cells = to_grid(spot.cells, spot.resolution) & populated
        truth = region.faults[which].cells
        f1 = 2 * len(cells & truth) / (len(cells) + len(truth))
        delay = (us(spot.opened_at) - region.faults[which].start) / HOUR_US
        found[which] = (delay, f1)
    return found, alarms


def ground_of(exposure, policy):
    """What is expected where nobody complained yet."""
    history = History(make_columns(CENTRE, []), np.ones(0))
    return Ground(fit_expectation(exposure, history, START_US, policy, ZONE), policy,
                  lattices_for(policy))  # fmt: skip


def make_columns(cell, hours, *, topic=3, customer=None, available_h=None):
    """Columns of complaints `hours` after the start, sorted as the record asks."""
    hours = np.asarray(hours, dtype=float)
    cell = np.broadcast_to(np.asarray(cell, dtype=np.int64), hours.shape)
    time = START_US + (hours * HOUR_US).astype(np.int64)
    ids = np.arange(len(hours)) + 1
    customer = ids if customer is None else np.broadcast_to(customer, hours.shape)
    known = hours if available_h is None else np.maximum(hours, available_h)
    order = np.lexsort((ids, time))
    return ComplaintColumns(
        complaint_id=ids[order].astype(np.int64),
        customer=np.asarray(customer)[order].astype(np.int64),
        cell=cell[order],
        resolution=((cell[order] >> 52) & 15).astype(np.int8),
        time=time[order],
        available=START_US + (known[order] * HOUR_US).astype(np.int64),
        topic=np.broadcast_to(topic, hours.shape)[order].astype(np.int8),
    )


def fixed_n(region, number, hours=24):
    """What most would pick: so many customers in a cell and its neighbours within a day."""
    columns, run = region.columns, Run({}, {}, (), 1)
    alarm_of = {}
    first, last = us(region.first_tick) - HOUR_US, us(region.last_tick)
    for i in np.flatnonzero((columns.time > first) & (columns.time <= last)):
        near = h3.grid_disk(h3.cell_to_center_child(int(columns.cell[i]), 9), 1)
        start = np.searchsorted(columns.time, columns.time[i] - hours * HOUR_US)
        rows = start + np.flatnonzero(np.isin(columns.cell[start : i + 1], near))
        if len(set(columns.customer[rows].tolist())) < number:
            continue
        ids = columns.complaint_id[rows].tolist()
        known = [alarm_of[c] for c in ids if c in alarm_of]
        which = known[0] if known else run.next_id
        if not known:
            tick = -(-int(columns.time[i]) // HOUR_US) * 3600
            run.opened[which] = Alarm(datetime.fromtimestamp(tick, UTC), tuple(near), 9, tuple(ids))
            run.next_id += 1
        alarm_of |= dict.fromkeys(ids, which)
    return run


@dataclass(frozen=True)
class Alarm:
    opened_at: datetime
    cells: tuple
    resolution: int
    complaint_ids: tuple
