"""What a policy would change, as lines for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from heatmaps.insight.policy_comparison import Comparison, NamedSpot, Waiting
    from pipelines.preview_policy import Preview

SHOWN_IN_QUEUE = 15
SHOWN_SPOTS = 20
_DASH = "-"


def preview_in_words(seen: Preview) -> str:
    """Give the whole preview as lines."""
    lines = [*_changed(seen), ""]
    if seen.comparison is None or seen.first is None or seen.last is None:
        return "\n".join([*lines, "No complaint has a place yet: there is no history to replay."])
    shorter = seen.hours < seen.days * 24
    lines.append(
        f"Replayed {seen.hours:,} hours, {seen.first:%Y-%m-%d %H:%M} to {seen.last:%Y-%m-%d %H:%M} "
        f"UTC, over {seen.complaints:,} complaints"
        + (f"; history is shorter than the {seen.days} days asked for." if shorter else ".")
    )
    if seen.same_spots:
        lines.append("Both policies open the same spots, so these were found once, weighed twice.")
    return "\n".join([*lines, "", *_told(seen.comparison)])


def _changed(seen: Preview) -> list[str]:
    if not seen.changes:
        return [f"The policy says the same as version {seen.version}, which rules."]
    count = len(seen.changes)
    fields = "1 field differs" if count == 1 else f"{count} fields differ"
    lines = [f"{fields} from version {seen.version}, which rules:"]
    lines += [f"  {change}" for change in seen.changes]
    if seen.not_replayed:
        lines.append(f"A replay does not show what becomes of {', '.join(seen.not_replayed)}.")
    return lines


def _told(comparison: Comparison) -> list[str]:
    return [
        *_sides(comparison),
        "",
        *_order(comparison),
        *_spots("Opened no more", comparison.gone),
        *_spots("Opened newly", comparison.fresh),
    ]


def _sides(comparison: Comparison) -> list[str]:
    ruling, new, delay = comparison.ruling, comparison.new, comparison.delay
    rows = [
        ("", "ruling", "new"),
        ("spots opened", ruling.opened, new.opened),
        ("  found real by people", ruling.real, new.real),
        ("  false alarms by verdicts", ruling.false, new.false),
        ("  nobody has judged", ruling.unjudged, new.unjudged),
        (f"of {ruling.real_known} real spots of the store", ruling.real_found, new.real_found),
        ("median hours from first complaint", _hours(ruling.delay_h), _hours(new.delay_h)),
        ("open at the last hour", ruling.waiting, new.waiting),
    ]
    lines = [f"{name:<36}{before!s:>10}{after!s:>10}" for name, before, after in rows]
    if delay.median_h is None:
        return [*lines, "No spot is opened by both, so no delay can be compared."]
    lines.append(
        f"Of {delay.spots:,} spots that both open and nobody rejected, the new policy opens "
        f"{delay.earlier:,} earlier, {delay.same:,} in the same hour and {delay.later:,} later; "
        f"median difference {delay.median_h:+g} h."
    )
    return lines


def _order(comparison: Comparison) -> list[str]:
    order, queue = comparison.order, comparison.queue
    lines = []
    if order.pairs:
        lines.append(
            f"Of {order.pairs:,} pairs that wait together on a day, {order.swapped:,} swap places; "
            f"the same spot comes first on {order.first:,} of {order.busy_days:,} days."
        )
    if order.kendall is not None and order.spearman is not None:
        lines.append(
            f"Rank correlation, mean of {order.days:,} days: Kendall {order.kendall:.2f}, "
            f"Spearman {order.spearman:.2f}."
        )
    if not queue:
        return [*lines, "Nobody waits at the last hour under either policy."]
    head = f"{'':>4}{'was':>5}{'points':>9}{'was':>9}  spot"
    return [*lines, "The queue at the last hour:", head, *_shown(queue)]


def _shown(queue: Sequence[Waiting]) -> Iterable[str]:
    for each in queue[:SHOWN_IN_QUEUE]:
        rank, points = each.new or (_DASH, None)
        was, before = each.ruling or (_DASH, None)
        yield f"{rank!s:>4}{was!s:>5}{_hours(points):>9}{_hours(before):>9}  {_spot(each.spot)}"
    if len(queue) > SHOWN_IN_QUEUE:
        yield f"      and {len(queue) - SHOWN_IN_QUEUE:,} more"


def _spots(title: str, spots: Sequence[NamedSpot]) -> list[str]:
    if not spots:
        return []
    lines = ["", f"{title}: {len(spots):,}"]
    lines += [f"  {_spot(spot)}" for spot in spots[:SHOWN_SPOTS]]
    return lines + (
        [f"  and {len(spots) - SHOWN_SPOTS:,} more"] if len(spots) > SHOWN_SPOTS else []
    )


def _spot(spot: NamedSpot) -> str:
    name = f"No {spot.known_as}" if spot.known_as is not None else "not in the store"
    verdict = f", {spot.verdict}" if spot.verdict else ""
    place = spot.territory_id or "outside all territories"
    opened = f"{spot.opened_at:%Y-%m-%d %H:%M} UTC"
    return f"{opened}  {spot.topic}, {place}, {spot.complaints} complaints, {name}{verdict}"


def _hours(value: float | None) -> str:
    return _DASH if value is None else f"{value:.1f}"
