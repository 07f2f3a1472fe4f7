"""The figures a manager is judged by: each one defined once, in code and in words.

Unless a definition says otherwise a figure is about the spots opened in the period that count
(`heatmaps.insight.scene`), as they are now. So neither leaving a spot open nor ending it later,
rejecting it, or resolving it in haste and opening it again improves an `achievement`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from heatmaps.complaints.record import ABSENT_TIME
from heatmaps.insight.scene import ONE_DAY_H, Scene, hours_late, hours_to_resolve
from heatmaps.insight.survival import Share, quantile, share
from heatmaps.insight.timeline import Fate

if TYPE_CHECKING:
    from collections.abc import Callable

HALF = 0.5

Unit = Literal["share", "hours", "customers", "spots"]


@dataclass(frozen=True, slots=True)
class Figure:
    """A value (None: it cannot be known yet), how many it rests on, and its interval if any."""

    value: float | None
    n: int
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Kpi:
    """One figure: `formula` says in words how it is made, `counted` what counts and what does not.

    `better` is the direction of improvement. `achievement` says that it may be held up as one:
    leaving spots open never improves it; of the others, `counted` says why not.
    """

    kpi: str
    title: str
    unit: Unit
    better: Literal["more", "less"] | None
    achievement: bool
    formula: str
    counted: tuple[str, ...]
    source: str
    measure: Callable[[Scene], Figure]


def _one_day_of_opened(scene: Scene) -> Figure:
    return _of_share(share(hours_to_resolve(scene.ripe) <= ONE_DAY_H))


def _one_day_of_resolved(scene: Scene) -> Figure:
    return _of_share(share(hours_to_resolve(scene.resolved_meanwhile) <= ONE_DAY_H))


def _one_day_estimated(scene: Scene) -> Figure:
    known = scene.curve.at(ONE_DAY_H)
    return (
        Figure(None, scene.curve.n)
        if known is None
        else Figure(known[0], scene.curve.n, *known[1:])
    )


def _median_to_resolve(scene: Scene) -> Figure:
    return Figure(quantile(hours_to_resolve(scene.ripe), HALF), len(scene.ripe))


def _median_estimated(scene: Scene) -> Figure:
    return Figure(scene.curve.median(), scene.curve.n)


def _term_kept(scene: Scene) -> Figure:
    return _of_share(share(hours_late(scene.promised) <= 0))


def _median_late(scene: Scene) -> Figure:
    return Figure(quantile(hours_late(scene.promised), HALF), len(scene.promised))


def _complained_helped(scene: Scene) -> Figure:
    return _people_helped(scene, "complained")


def _silent_helped(scene: Scene) -> Figure:
    return _people_helped(scene, "silent")


def _people_helped(scene: Scene, whose: str) -> Figure:
    solved = scene.judged.take(scene.judged.has_fate(Fate.RESOLVED))
    return Figure(float(getattr(solved, whose).sum()), len(solved))


def _reopened(scene: Scene) -> Figure:
    spots = scene.judged
    ever = spots.take(spots.has_fate(Fate.RESOLVED) | (spots.reopenings > 0))
    return _of_share(share(ever.reopenings > 0))


def _still_open(scene: Scene) -> Figure:
    return Figure(float(scene.spots.has_fate(Fate.OPEN).sum()), len(scene.spots))


def _overdue(scene: Scene) -> Figure:
    waiting = scene.spots.take(scene.spots.has_fate(Fate.OPEN))
    late = (waiting.term != ABSENT_TIME) & (waiting.term < scene.now)
    return Figure(float(late.sum()), len(waiting))


def _of_share(found: Share) -> Figure:
    return Figure(found.value, found.n, found.low, found.high)


_JUDGED = (
    (
        "Counted: every spot opened in the period, as it is now; a rejected one as not resolved, a "
        "reopened one as not resolved until it is resolved again."
    ),
    (
        "Not counted: spots that subsided by themselves, were merged into an older one, or where "
        "the network is off by order."
    ),
)
_DESK = "What people and rules wrote on the spots, and their history."

KPIS: tuple[Kpi, ...] = (
    Kpi(
        "one_day_of_opened",
        "Resolved within a day, of those opened",
        "share",
        "more",
        achievement=True,
        formula="Spots resolved within 24 hours of opening ÷ spots opened in the period, of those "
        "opened at least 24 hours ago.",
        counted=_JUDGED,
        source=_DESK,
        measure=_one_day_of_opened,
    ),
    Kpi(
        "one_day_of_resolved",
        "Resolved within a day, of those resolved",
        "share",
        None,
        achievement=False,
        formula="Spots resolved within 24 hours of opening ÷ spots resolved in the period.",
        counted=(
            "The figure operators publish.",
            "It flatters, since a spot that is left open is not in it: no measure of achievement.",
        ),
        source=_DESK,
        measure=_one_day_of_resolved,
    ),
    Kpi(
        "one_day_estimated",
        "Resolved within a day, estimated",
        "share",
        None,
        achievement=False,
        formula="Kaplan and Meier's estimate of the share resolved within 24 hours of opening, "
        "over all spots opened in the period; open ones are censored now.",
        counted=(
            "It uses the spots of the last 24 hours as well.",
            (
                "Beside a younger spot that is still open, one resolved later weighs more: no "
                "measure of achievement."
            ),
        ),
        source=_DESK,
        measure=_one_day_estimated,
    ),
    Kpi(
        "median_to_resolve",
        "Median time to resolve",
        "hours",
        "less",
        achievement=True,
        formula="The time from opening within which half of the spots were resolved, of those "
        "opened at least 24 hours ago; open ones count as not resolved.",
        counted=_JUDGED,
        source=_DESK,
        measure=_median_to_resolve,
    ),
    Kpi(
        "median_estimated",
        "Median time to resolve, estimated",
        "hours",
        None,
        achievement=False,
        formula="The time at which Kaplan and Meier's curve over all spots opened in the period "
        "reaches a half; open ones are censored now.",
        counted=("Where the curve does not reach a half the median is not known yet.",),
        source=_DESK,
        measure=_median_estimated,
    ),
    Kpi(
        "term_kept",
        "First promised term kept",
        "share",
        "more",
        achievement=True,
        formula="Spots resolved by the term first promised ÷ spots whose first term has passed.",
        counted=(
            (
                "The first term is what callers are told from opening on: the policy's usual one, "
                "before an engineer knows better. Terms named later do not change it."
            ),
            *_JUDGED,
        ),
        source=_DESK,
        measure=_term_kept,
    ),
    Kpi(
        "median_late",
        "Median delay against the first term",
        "hours",
        "less",
        achievement=True,
        formula="Half of the spots were resolved no later than this after the term first promised; "
        "below zero: before it.",
        counted=("Spots whose first term has passed; open ones as not resolved.", *_JUDGED),
        source=_DESK,
        measure=_median_late,
    ),
    Kpi(
        "complained_helped",
        "Helped: customers who complained",
        "customers",
        None,
        achievement=False,
        formula="Sum of the customers who complained, over the resolved spots opened in the "
        "period.",
        counted=(
            "Each spot's customers count once; who complained in two spots counts in both.",
            "A volume, no achievement: a spot that stays open gathers more complaints.",
        ),
        source="Complaints counted in the spots.",
        measure=_complained_helped,
    ),
    Kpi(
        "silent_helped",
        "Helped: customers who kept silent",
        "customers",
        None,
        achievement=False,
        formula="Sum of the subscribers in the zone who did not complain, over the resolved spots "
        "opened in the period.",
        counted=(
            (
                "Subscribers per cell as delivered, none by name; where zones overlap they count "
                "in each. A volume, no achievement."
            ),
        ),
        source="Subscribers per cell.",
        measure=_silent_helped,
    ),
    Kpi(
        "reopened_share",
        "Opened again after a resolution",
        "share",
        "less",
        achievement=False,
        formula="Spots opened again at least once ÷ spots ever resolved, of those opened in the "
        "period.",
        counted=(
            "A sign of hasty work, no achievement: what is never resolved is never opened again.",
        ),
        source=_DESK,
        measure=_reopened,
    ),
    Kpi(
        "open_now",
        "Open now",
        "spots",
        "less",
        achievement=True,
        formula="Spots that wait for somebody now, whenever they were opened.",
        counted=("New, acknowledged, in progress, on hold and reopened ones.",),
        source=_DESK,
        measure=_still_open,
    ),
    Kpi(
        "overdue_now",
        "Overdue now",
        "spots",
        "less",
        achievement=False,
        formula="Spots that wait for somebody now and whose promised term has passed.",
        counted=(
            (
                "The term promised now: naming another one mends this figure, but not the share of "
                "first terms kept."
            ),
        ),
        source=_DESK,
        measure=_overdue,
    ),
)
"""In the order they are shown."""


def kpi_named(name: str) -> Kpi:
    """Give the definition of a figure; KeyError for a name that is none."""
    return {each.kpi: each for each in KPIS}[name]
