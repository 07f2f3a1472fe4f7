"""What a manager takes away: the figures with their definitions, and what they are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from heatmaps.insight.backlog import AGE_BREAKS_H, Group, backlog
from heatmaps.insight.flow import flow, leg_times
from heatmaps.insight.kpi import KPIS
from heatmaps.insight.scene import Scene, hours_late, hours_to_resolve
from heatmaps.insight.sheets import Column, Kind, Sheet
from heatmaps.insight.timeline import FATE_OF, Fate, hours_between, tally

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from heatmaps.insight.period import Period
    from heatmaps.insight.timeline import Timelines

ALL = "all"

FATE_SAYS = {
    Fate.RESOLVED: "resolved by now, and not opened again",
    Fate.OPEN: "that wait for somebody now",
    Fate.SUBSIDED: "that subsided by themselves before anybody took them",
    Fate.MERGED: "merged into an older spot, which stands for both",
    Fate.REJECTED: "rejected: no fault of the network",
}

LEG_SAYS = (
    "waiting: opened to acknowledged; finding: to the first term named; fixing: to the resolution; "
    "watching: to its confirmation"
)

_TIDY = (
    ("kpi", "name of the figure", Kind.TEXT),
    ("group", "by what the spots are told apart; all: not at all", Kind.TEXT),
    ("group_value", "which of the group; empty: spots without one", Kind.TEXT),
    ("from", "first moment of the period", Kind.MOMENT),
    ("to", "moment right after the period", Kind.MOMENT),
    ("value", "the figure in its unit; empty: not known yet", Kind.NUMBER),
    ("unit", "share (0 to 1), hours, customers or spots", Kind.TEXT),
    ("n", "how many spots it rests on", Kind.INTEGER),
    ("low", "lower end of the 95 % interval", Kind.NUMBER),
    ("high", "upper end of the 95 % interval", Kind.NUMBER),
    ("definition", "the formula in words, and what counts", Kind.TEXT),
)


def sheets_of(scene: Scene, period: Period, territories: Mapping[str, str]) -> list[Sheet]:
    """Give the figures, one a row, then timelines, backlog, flow, legs and the curve.

    `territories` are names by id.
    """
    return [
        _figures(scene, period),
        _timelines(scene, territories),
        _backlog(scene, territories),
        _flow(scene, period),
        _legs(scene),
        _curve(scene),
    ]


def _figures(scene: Scene, period: Period) -> Sheet:
    rows = [
        (name, group, value, period.since, period.until, *figures)
        for group, value, part in _parts(scene)
        for name, *figures in _rows_of(part)
    ]
    columns = zip(*rows, strict=True)
    return Sheet("kpi", tuple(
        Column(name, says, values, kind)
        for (name, says, kind), values in zip(_TIDY, columns, strict=True)
    ), says="The manager's figures, each with its definition")  # fmt: skip


def _rows_of(scene: Scene) -> Iterator[tuple[object, ...]]:
    for each in KPIS:
        figure = each.measure(scene)
        yield (each.kpi, figure.value, each.unit, figure.n, figure.low, figure.high,
               " ".join((each.formula, *each.counted)))  # fmt: skip
    counted = tally(scene.opened)
    yield ("opened", float(counted.opened), "spots", counted.opened, None, None,
           "Spots opened in the period: the sum of the spots by what became of them.")  # fmt: skip
    for fate, count in counted.by_fate.items():
        yield (f"opened_{fate}", float(count), "spots", counted.opened, None, None,
               f"Spots opened in the period, {FATE_SAYS[fate]}.")  # fmt: skip


def _parts(scene: Scene) -> Iterator[tuple[str, str | None, Scene]]:
    """Give the whole, then each group's parts: every spot is in exactly one of each group."""
    yield ALL, None, scene
    for group in Group:
        values = getattr(scene.spots, group)
        for value in sorted(set(values.tolist()), key=lambda one: (one is None, one or "")):
            chosen = np.fromiter((each == value for each in values), np.bool_, len(values))
            part = Scene(scene.spots.take(chosen), scene.since, scene.until, scene.now)
            yield str(group), value, part


def _timelines(scene: Scene, territories: Mapping[str, str]) -> Sheet:
    spots = shown(scene)
    fates = [str(FATE_OF[status]) for status in spots.status]
    opened_here = (spots.opened >= scene.since) & (spots.opened < scene.until)
    names = [territories.get(each) for each in spots.territory]
    return Sheet("timelines", (
        Column("spot_id", "number of the spot", spots.spot_id),
        Column("status", "what people and rules made of it", spots.status.tolist(), Kind.TEXT),
        Column("fate", "what became of it: resolved open subsided merged rejected", fates,
               Kind.TEXT),
        Column("opened_in_period", "whether it was opened in the period", opened_here),
        Column("topic", "topic that stands out", spots.topic.tolist(), Kind.TEXT),
        Column("cause", "cause the engineer named", spots.cause.tolist(), Kind.TEXT),
        Column("queue", "queue it is routed to", spots.queue.tolist(), Kind.TEXT),
        Column("territory_id", "id of the territory", spots.territory.tolist(), Kind.TEXT),
        Column("territory", "name of the territory", names, Kind.TEXT),
        *_moments(spots),
        Column("hours_to_acknowledge", "hours from opening until an engineer took it",
               hours_between(spots.opened, spots.acknowledged)),
        Column("hours_to_term", "hours from opening until a person named a term",
               hours_between(spots.opened, spots.named)),
        Column("hours_to_resolve", "hours from opening to the resolution that lasts",
               hours_to_resolve(spots)),
        Column("hours_late", "hours from the first promised term to that; below 0: before it",
               hours_late(spots)),
        Column("term_changes", "how often a person named another term", spots.term_changes),
        Column("reopenings", "how often it was opened again", spots.reopenings),
        Column("customers_complained", "customers who complained", spots.complained),
        Column("customers_silent", "subscribers there who did not", spots.silent),
    ), says="Spots opened or resolved in the period, and those open now")  # fmt: skip


def shown(scene: Scene) -> Timelines:
    """Give the spots opened or resolved in the period, and those open now."""
    spots = scene.spots
    opened = (spots.opened >= scene.since) & (spots.opened < scene.until)
    resolved = (spots.resolved >= scene.since) & (spots.resolved < scene.until)
    return spots.take(opened | resolved | spots.has_fate(Fate.OPEN))


def _moments(spots: Timelines) -> Iterator[Column]:
    told: tuple[tuple[str, str, NDArray[np.int64]], ...] = (
        ("opened_at", "when it opened", spots.opened),
        ("acknowledged_at", "when an engineer took it", spots.acknowledged),
        ("term_named_at", "when a person first named a term", spots.named),
        ("first_term", "term first promised", spots.first_term),
        ("term", "term promised now", spots.term),
        ("resolved_at", "the resolution that lasts", spots.resolved),
        ("closed_at", "when it was over", spots.closed),
    )
    for name, says, moments in told:  # an absent time is NumPy's own NaT
        yield Column(name, says, moments.view("datetime64[us]"), Kind.MOMENT)


def _backlog(scene: Scene, territories: Mapping[str, str]) -> Sheet:
    rows = [
        (str(group), row.value, territories.get(row.value or ""), *row.by_age, row.open,
         row.overdue, row.people)
        for group in Group
        for row in backlog(scene.spots, scene.now, group)
    ]  # fmt: skip
    breaks = [0, *AGE_BREAKS_H]
    ages = [f"from_{low}_h" for low in breaks]
    says = [f"open spots at least {low} hours old" for low in breaks]
    ends = [f", younger than {high}" for high in AGE_BREAKS_H] + [""]
    return _table("backlog", rows, [
        ("group", "by what the spots are told apart", Kind.TEXT),
        ("group_value", "which of the group; empty: spots without one", Kind.TEXT),
        ("name", "name of the territory", Kind.TEXT),
        *((age, say + end, Kind.INTEGER) for age, say, end in zip(ages, says, ends, strict=True)),
        ("open", "open spots", Kind.INTEGER),
        ("overdue", "of them past the term promised now", Kind.INTEGER),
        ("customers_complained", "customers who complained in them", Kind.INTEGER),
    ], "Spots that wait for somebody now")  # fmt: skip


def _flow(scene: Scene, period: Period) -> Sheet:
    told = flow(scene, period)
    return Sheet("flow", (
        Column("from", "first day of the step", [day.isoformat() for day in told.steps],
               Kind.TEXT),
        Column("opened", "spots opened", told.opened),
        Column("resolved", "spots resolved, and not opened again", told.resolved),
        Column("ended", "spots nobody has to do anything about any more", told.ended),
        Column("waiting", "spots open at the end of the step, or now", told.waiting),
    ), says="Spots that came and went, by day or week")  # fmt: skip


def _legs(scene: Scene) -> Sheet:
    rows = [(str(leg.leg), leg.begun, leg.ended, *leg.quartiles) for leg in leg_times(scene.ripe)]
    return _table("legs", rows, [
        ("leg", LEG_SAYS, Kind.TEXT),
        ("begun", "spots that began it", Kind.INTEGER),
        ("ended", "of them, those that ended it", Kind.INTEGER),
        ("quarter_h", "hours within which a quarter ended it", Kind.NUMBER),
        ("half_h", "hours within which half ended it", Kind.NUMBER),
        ("three_quarters_h", "hours within which three quarters ended it", Kind.NUMBER),
    ], "The legs of the way, over spots opened at least a day ago")  # fmt: skip


def _curve(scene: Scene) -> Sheet:
    curve = scene.curve
    return Sheet("curve", (
        Column("hours", "hours since opening", curve.hours),
        Column("resolved", "share resolved by then, by Kaplan and Meier", curve.resolved),
        Column("low", "lower end of the 95 % interval", curve.low),
        Column("high", "upper end of the 95 % interval", curve.high),
    ), says="The share resolved by each hour")  # fmt: skip


def _table(
    name: str, rows: list[tuple[Any, ...]], heads: list[tuple[str, str, Kind]], says: str
) -> Sheet:
    columns: list[tuple[Any, ...]] = list(zip(*rows, strict=True)) or [()] * len(heads)
    return Sheet(name, tuple(
        Column(head, told, values, kind)
        for (head, told, kind), values in zip(heads, columns, strict=True)
    ), says=says)  # fmt: skip
