"""The command that explains a spot, and says how often its suggestions are right."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import typer

from heatmaps.cli.context import opened
from heatmaps.cli.output import AsJson, result
from heatmaps.errors import UsageError
from heatmaps.insight.explanation.reliability import reliability as reliability_of
from heatmaps.insight.explanation.signs import CAUSES
from heatmaps.settings import load_settings
from pipelines import explain_spot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from heatmaps.insight.explanation.record import Explanation
    from heatmaps.insight.explanation.reliability import Reliability


def add_to(app: typer.Typer) -> None:
    """Add this command to the whole."""
    app.command()(explain)


def explain(
    spot_id: Annotated[int | None, typer.Argument(help="Number of the spot.")] = None,
    *,
    reliability: Annotated[
        bool, typer.Option("--reliability", help="How often suggestions were right instead.")
    ] = False,
    age_h: Annotated[
        int, typer.Option("--age-h", min=0, help="At which age of a spot, with --reliability.")
    ] = 6,
    as_json: AsJson = False,
) -> None:
    """Explain a spot: its complaints against the usual, its place, and a suggested cause.

    With --reliability: suggested against given causes over the spots resolved so far, each
    suggested from those resolved before it opened.

    Example: heatmaps explain 17
    """
    if (spot_id is None) is not reliability:
        message = "Name one spot, as `heatmaps explain 17`, or ask for --reliability of all."
        raise UsageError(message)
    zone, cache_dir = load_settings().zone, load_settings().cache_dir
    with opened() as store:
        if spot_id is not None:
            told = explain_spot.explain(store, spot_id, zone, cache_dir)
            result(as_json, "\n".join(_lines(told)), **asdict(told))
            return
        found, summed = explain_spot.past_suggestions(
            store, zone, timedelta(hours=age_h), cache_dir
        )
    later = reliability_of(found.later_half)
    lines = "\n".join(_reliability(summed, later, age_h))
    result(as_json, lines, age_h=age_h, **_facts(summed), later_half=_figures(later))


def _lines(told: Explanation) -> Iterator[str]:
    yield (
        f"Spot {told.spot_id}, {told.topic}, {told.status}, opened "
        f"{told.opened_at:%Y-%m-%d %H:%M} UTC: {told.observed:,} customers against "
        f"{told.expected:.2f} expected since {told.window_since:%Y-%m-%d %H:%M}, in "
        f"{len(told.cells):,} cells; chance does as much once in {told.recurrence_days:,.0f} days."
    )
    topics = ", ".join(f"{one.topic} {one.complaints:,} ({one.share:.0%}, usually {one.usual:.0%})"
                       for one in told.topics)  # fmt: skip
    yield f"  Since it began there: {topics or 'no complaint'}."
    yield (
        f"  Behind it: {told.complaints_in_all:,} complaints of {told.customers:,} customers, "
        f"{told.called_again:,} of whom called again."
    )
    weeks = " ".join(f"{week.complaints:,}" for week in told.weeks)
    yield (
        f"  Complaints there by week before: {weeks or 'none known'}; usual is "
        f"{told.week_expected:.1f}."
    )
    yield from _around(told)
    yield from _suggested(told)


def _around(told: Explanation) -> Iterator[str]:
    for event in told.events:
        end = f"{event.ends_at:%Y-%m-%d %H:%M}" if event.ends_at else "no known end"
        yield f"  {event.kind}: {event.starts_at:%Y-%m-%d %H:%M} UTC to {end}."
    for spot in told.earlier:
        yield (
            f"  Earlier spot {spot.spot_id}, {spot.topic}, {spot.opened_at:%Y-%m-%d}: "
            f"{spot.status}, cause {spot.cause or 'not named'}."
        )


def _suggested(told: Explanation) -> Iterator[str]:
    one = told.suggestion
    if one is None:
        return
    others = ", ".join(f"{other.cause} {other.probability:.0%}" for other in one.others)
    yield (
        f"  {'Suggested cause' if one.clear else 'No clear cause; the likeliest'}: {one.cause}, "
        f"confidence {one.confidence:.0%} ({one.right:,} of {one.alike:,} past suggestions like "
        f"it were right; taught by {one.learnt_from:,} resolved spots); then {others}."
    )
    for each in told.evidence:
        figure = "" if each.figure is None else f" ({each.figure:.2f})"
        yield f"    {each.log_odds:+.2f}  {each.sign}: {each.outcome}{figure}"


def _reliability(summed: Reliability, later: Reliability, age_h: int) -> Iterator[str]:
    if not summed.spots:
        yield "No spot is resolved with a cause yet, so no suggestion can be checked."
        return
    yield (
        f"{summed.spots:,} resolved spots, as they stood {age_h} h after opening: "
        f"{summed.right:,} suggestions right ({summed.accuracy:.0%}; always the commonest cause: "
        f"{summed.base:.0%}). Brier score {summed.brier:.3f} (of the model alone "
        f"{summed.brier_model:.3f}); confidence is {summed.calibration_error:.3f} from the share "
        "right."
    )
    yield (
        f"  Of the later half, {later.spots:,}: {later.accuracy:.0%} right, Brier score "
        f"{later.brier:.3f}, confidence {later.calibration_error:.3f} from the share right."
    )
    yield "  cause                 suggested  right  mean confidence  given"
    for line in summed.lines:
        sure = f"{line.confidence:>15.0%}" if line.suggested else " " * 14 + "-"
        yield (
            f"  {line.cause:<20}  {line.suggested:>9,}  {line.right:>5,}  {sure}  {line.given:>5,}"
        )
    yield "  confidence said: share right"
    for said, right, count in summed.bands:
        yield f"  {said:>14.0%}:  {right:>4.0%} of {count:,}"
    yield "  suggested (rows) against given, where both differ:"
    for row, column in np.argwhere(summed.table).tolist():
        if row != column:
            yield f"  {CAUSES[row]} was {CAUSES[column]}: {summed.table[row, column]:,}"


def _facts(summed: Reliability) -> dict[str, Any]:
    """Give the sum as JSON holds it: no NaN, the table by names."""
    table = {
        str(CAUSES[row]): {str(CAUSES[column]): int(summed.table[row, column])
                           for column in np.flatnonzero(summed.table[row]).tolist()}
        for row in np.flatnonzero(summed.table.any(axis=1)).tolist()
    }  # fmt: skip
    return {
        **_figures(summed),
        "causes": [
            {**asdict(line), "confidence": line.confidence if line.suggested else None}
            for line in summed.lines
        ],
        "bands": [
            {"confidence": said, "right": right, "suggestions": count}
            for said, right, count in summed.bands
        ],
        "suggested_against_given": table,
    }


def _figures(summed: Reliability) -> dict[str, Any]:
    known = bool(summed.spots)
    return {
        "spots": summed.spots,
        "right": summed.right,
        "accuracy": summed.accuracy if known else None,
        "accuracy_of_the_commonest": summed.base if known else None,
        "brier": summed.brier if known else None,
        "brier_of_the_model": summed.brier_model if known else None,
        "calibration_error": summed.calibration_error if known else None,
    }
