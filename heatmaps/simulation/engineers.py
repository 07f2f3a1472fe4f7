"""Engineers who are simulated: who gets to which spot in an hour, as people do.

They take the urgent first, keep hours, are quick in one queue and slow in another. Everything
they do is a change the rules of the desk allow, and depends on the seed, the spots and the hour
alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from heatmaps.complaints.record import Topic
from heatmaps.desk.lifecycle import Action
from heatmaps.simulation.handling import Behind, Handling, temper_of
from heatmaps.simulation.seeding import Purpose, generator
from heatmaps.spots.record import ALL_TOPICS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from zoneinfo import ZoneInfo

    from heatmaps.desk.case import SpotCase
    from heatmaps.desk.words import Cause

DAY = range(8, 20)
"""Local hours of the day shift."""
FIRST_WEEKEND_DAY = 5
SHIFTS = 4
PACES = {"network_operations": 0.7, "radio_optimisation": 0.45, "coverage_planning": 0.25}
"""Chance that a queue's team gets to one of its spots within an hour of the day."""
OTHER_PACE = 0.4
WEEKEND, NIGHT, EMERGENCY_BY_NIGHT = 0.5, 0.05, 0.8
"""What is left of the pace outside working hours; by night people are kept for emergencies."""
EMERGENCIES = frozenset({Topic.NO_SERVICE, Topic.NO_INTERNET, ALL_TOPICS})
STEPS_BY_DAY, STEPS_BY_NIGHT = 4, 2
"""How many spots a queue's team gets to in one hour at most."""
DESKS_BY_DAY, DESKS_BY_NIGHT = 3, 1
TEAMS = {
    "network_operations": "Эксплуатация",
    "radio_optimisation": "Радио",
    "coverage_planning": "Развитие",
}


@dataclass(frozen=True, slots=True)
class Engineers:
    """Everybody who works on spots.

    `zone` is the clock of their shifts, `usual_h` the term usually promised by cause, hours;
    `truth` gives what really is behind complaints, by their ids in the store, None for chance.
    """

    seed: int
    zone: ZoneInfo
    usual_h: Mapping[Cause, float]
    truth: Callable[[Sequence[int]], Behind | None]

    def __call__(self, living: Sequence[SpotCase], since: datetime) -> list[Action]:
        """Give what is done in the hour that begins at `since`, aware, in order of time.

        A spot is touched at most once; where hands are short, the urgent come first.
        """
        most = STEPS_BY_DAY if self._by_day(since) else STEPS_BY_NIGHT
        hands: dict[str, int] = {}
        actions = []
        for case in sorted(living, key=lambda case: (-case.now.priority, case.work.spot_id)):
            queue = case.work.queue
            action = self._step(case, since) if hands.get(queue, 0) < most else None
            if action is not None:
                hands[queue] = hands.get(queue, 0) + 1
                actions.append(action)
        return sorted(actions, key=lambda action: (action.at, action.spot_id))

    def _step(self, case: SpotCase, since: datetime) -> Action | None:
        """Give what is done about one spot, None where nobody gets to it or nothing is due."""
        work = case.work
        rng = generator(self.seed, Purpose.ENGINEER, work.spot_id, int(since.timestamp()))
        if rng.random() >= self._pace(case, since):
            return None
        at = since + timedelta(seconds=int(rng.integers(60, 3540)))
        desks = DESKS_BY_DAY if self._by_day(since) else DESKS_BY_NIGHT
        engineer = self._on_duty(work.queue, at, 1 + int(rng.integers(desks)))
        behind, temper = self.truth(case.detected.complaint_ids), temper_of(self.seed, work.spot_id)
        handling = Handling(case, at, engineer, behind, temper, self.usual_h, rng)
        change = handling.next_change()
        return Action(work.spot_id, at, engineer, change) if change else None

    def _pace(self, case: SpotCase, since: datetime) -> float:
        pace = PACES.get(case.work.queue, OTHER_PACE)
        if not self._by_day(since):
            return pace * (EMERGENCY_BY_NIGHT if case.detected.topic in EMERGENCIES else NIGHT)
        weekend = since.astimezone(self.zone).weekday() >= FIRST_WEEKEND_DAY
        return pace * (WEEKEND if weekend else 1.0)

    def _by_day(self, moment: datetime) -> bool:
        return moment.astimezone(self.zone).hour in DAY

    def _on_duty(self, queue: str, at: datetime, desk: int) -> str:
        """Give the invented name of somebody of the queue's team whose shift it is."""
        day = (at.astimezone(self.zone) - timedelta(hours=DAY.start)).toordinal()
        shift = (2 * day + (not self._by_day(at))) % SHIFTS + 1
        return f"Смена {shift}, инженер {TEAMS.get(queue, queue)}-{desk}"
