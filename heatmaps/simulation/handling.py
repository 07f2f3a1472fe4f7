"""What one simulated engineer does with one spot: the next step, by temper and by the truth."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from heatmaps.desk.lifecycle import Change
from heatmaps.desk.words import Cause, Status
from heatmaps.simulation.seeding import Purpose, generator
from heatmaps.spots.record import Signal

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np

    from heatmaps.desk.case import SpotCase

_WORDS = Path(__file__).with_name("engineers.toml")

MISTAKEN, CORRECTED = 0.2, 0.6
"""Share of causes named wrongly at first, and share of those set right at the end."""
EARLY, EARLY_SHARE = 0.15, (0.35, 0.8)
"""Some spots are called solved when only this share of the fault's life has passed."""
FORGOTTEN, FORGOTTEN_H = 0.15, (20.0, 110.0)
CLOSES_MEDIAN_H, CLOSES_SPREAD = 0.7, 0.7
"""How long after the end of the fault a spot is called solved, where it is not forgotten."""
PATIENT = 0.65
"""Share of spots that are called solved only once the complaints have ceased."""
HELD, HELD_H = 0.3, (4.0, 20.0)
ESTIMATE, ESTIMATE_SPREAD = 0.75, 0.5
"""Promised against usual terms: median, as people are hopeful, and spread of the logarithm."""
CHANCE_H = (3.0, 16.0)
"""How long a spot is looked into behind which there is nothing."""
REJECTED = 0.7
ADAPTED_H = (100.0, 500.0)
"""Hours until a place without coverage is helped as far as antennas allow."""
RENEWS, RENEWS_LATE = 0.25, 0.02
"""Chance in an hour to move a term that is about to pass, and one that has passed."""
LOOKS_AHEAD = timedelta(hours=3)
TERM_STEP = timedelta(minutes=30)

_TAKEN_FOR = {
    Cause.POWER: Cause.EQUIPMENT,
    Cause.EMERGENCY: Cause.EQUIPMENT,
    Cause.TRANSPORT_LINE: Cause.EQUIPMENT,
    Cause.EQUIPMENT: Cause.TRANSPORT_LINE,
    Cause.OVERLOAD: Cause.INTERFERENCE,
    Cause.INTERFERENCE: Cause.OVERLOAD,
    Cause.PLANNED_WORK: Cause.EMERGENCY,
    Cause.NO_COVERAGE: Cause.EQUIPMENT,
}
_BLAMED_ON_CHANCE = (
    Cause.CUSTOMER_DEVICE,
    Cause.UNKNOWN,
    Cause.OVERLOAD,
    Cause.THIRD_PARTY_SERVICE,
    Cause.ACCOUNT,
)


@dataclass(frozen=True, slots=True)
class Behind:
    """What really is behind a spot: the cause and its life, aware UTC; without an end it lasts."""

    cause: Cause
    starts_at: datetime
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class Temper:
    """How a spot is going to be handled by whoever does it; spans in hours."""

    mistaken: bool
    corrected: bool
    early_share: float | None
    slack_h: float
    patient: bool
    held_h: float
    estimate: float
    chance_h: float
    rejected: bool
    adapted_h: float
    blamed: Cause


def temper_of(seed: int, spot_id: int) -> Temper:
    """Give the temper a spot is handled with, the same in every hour."""
    rng = generator(seed, Purpose.ENGINEER, spot_id)
    forgotten_h = float(rng.uniform(*FORGOTTEN_H)) * (rng.random() < FORGOTTEN)
    early_share = float(rng.uniform(*EARLY_SHARE))
    return Temper(
        mistaken=bool(rng.random() < MISTAKEN),
        corrected=bool(rng.random() < CORRECTED),
        early_share=early_share if rng.random() < EARLY else None,
        slack_h=forgotten_h + CLOSES_MEDIAN_H * float(rng.lognormal(0.0, CLOSES_SPREAD)),
        patient=bool(rng.random() < PATIENT),
        held_h=float(rng.uniform(*HELD_H)) * (rng.random() < HELD),
        estimate=ESTIMATE * float(rng.lognormal(0.0, ESTIMATE_SPREAD)),
        chance_h=float(rng.uniform(*CHANCE_H)),
        rejected=bool(rng.random() < REJECTED),
        adapted_h=float(rng.uniform(*ADAPTED_H)),
        blamed=_BLAMED_ON_CHANCE[int(rng.integers(len(_BLAMED_ON_CHANCE)))],
    )


@dataclass(frozen=True, slots=True)
class Handling:
    """An engineer, named, before a spot at a moment; `usual_h` the usual terms by cause, hours."""

    case: SpotCase
    at: datetime
    engineer: str
    behind: Behind | None
    temper: Temper
    usual_h: Mapping[Cause, float]
    rng: np.random.Generator

    def next_change(self) -> Change | None:
        """Give what the engineer does with the spot now; None where it is left as it is."""
        match self.case.work.status:
            case Status.NEW:
                return Change(Status.ACKNOWLEDGED, owner=self.engineer)
            case Status.ACKNOWLEDGED | Status.REOPENED:
                cause = self._believed()
                return Change(Status.IN_PROGRESS, cause, self._term(cause), owner=self.engineer)
            case Status.IN_PROGRESS:
                return self._order() or self._end() or self._put_off() or self._renew()
            case Status.ON_HOLD:
                return self._end() or self._go_on()
            case _:
                return None

    def _order(self) -> Change | None:
        """Name an order of an authority as soon as it is behind the spot: it is told to all."""
        order = Cause.ORDERED_RESTRICTION
        if self.behind is None or self.behind.cause is not order or self.case.work.cause is order:
            return None
        return Change(cause=order, eta=self._term(order))

    def _believed(self) -> Cause:
        """Give the cause as the engineer sees it while working."""
        if self.behind is None:
            return self.temper.blamed
        if self.temper.mistaken and self.case.work.status is Status.ACKNOWLEDGED:
            return _TAKEN_FOR.get(self.behind.cause, self.behind.cause)
        return self.behind.cause

    def _term(self, cause: Cause) -> datetime:
        """Give a promised moment: the usual term, stretched or cut by temper, on a half hour."""
        term = self.at + timedelta(hours=self.usual_h[cause] * self.temper.estimate)
        start = term.replace(minute=0, second=0, microsecond=0)
        return start + -(-(term - start) // TERM_STEP) * TERM_STEP

    def _end(self) -> Change | None:
        if not self._looks_solved():
            return None
        if self.behind is None and self.temper.rejected:
            return Change(Status.REJECTED, done=self._words("rejected", "words"))
        named, true = self.case.work.cause, self._believed()
        cause = true if named is None or self.temper.corrected else named
        return Change(Status.RESOLVED, cause, done=self._words("done", cause))

    def _looks_solved(self) -> bool:
        """Whether the spot is over in the engineer's eyes.

        One that was reopened is watched until the complaints cease.
        """
        opened, temper, again = self.case.detected.opened_at, self.temper, self.case.work.done
        ceased = self.case.detected.signal is Signal.QUIET or not (temper.patient or again)
        if self.behind is None:
            over = opened + timedelta(hours=temper.chance_h)
            return self.at >= over and (ceased or temper.rejected)
        start, end = self.behind.starts_at, self.behind.ends_at
        if end is None:
            return ceased and self.at >= opened + timedelta(hours=temper.adapted_h)
        if temper.early_share is not None and not again:
            return self.at >= start + temper.early_share * (end - start)
        return ceased and self.at >= end + timedelta(hours=temper.slack_h)

    def _put_off(self) -> Change | None:
        """Put the spot off once, soon after it was taken."""
        taken, hold = self.case.work.acknowledged_at, timedelta(hours=self.temper.held_h)
        soon = taken is not None and self.at - taken < hold and self.case.work.done is None
        return Change(Status.ON_HOLD) if soon else None

    def _go_on(self) -> Change | None:
        held = self.at - self.case.work.status_at
        return Change(Status.IN_PROGRESS) if held >= timedelta(hours=self.temper.held_h) else None

    def _renew(self) -> Change | None:
        """Move a term that is about to pass, or, less often, one that has passed."""
        eta = self.case.work.eta
        if eta is None or eta - self.at > LOOKS_AHEAD:
            return None
        if self.rng.random() >= (RENEWS if eta > self.at else RENEWS_LATE):
            return None
        term = self._term(self.case.work.cause or Cause.UNKNOWN)
        return Change(eta=max(term, eta + TERM_STEP))

    def _words(self, group: str, key: str) -> str:
        choices = words()[group][key]
        return str(choices[int(self.rng.integers(len(choices)))])


@cache
def words() -> dict[str, dict[str, list[str]]]:
    """Give what engineers write: group, key, choices."""
    return tomllib.loads(_WORDS.read_text(encoding="utf-8"))
