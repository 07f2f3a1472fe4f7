"""The command that tells how good the data is that comes in."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from heatmaps.cli.context import clock, moment, opened
from heatmaps.cli.output import AsJson, result
from heatmaps.region.grid import to_text
from heatmaps.settings import load_settings
from heatmaps.store.data_quality import load_quality
from heatmaps.store.policies import current_policy

if TYPE_CHECKING:
    from heatmaps.insight.data_quality import DataQuality, RepeatedPlace

MAX_DAYS = 3660


def add_to(app: typer.Typer) -> None:
    """Add this command to the whole."""
    app.command()(quality)


def quality(
    days: Annotated[int, typer.Option(help="How many days back.", min=1, max=MAX_DAYS)] = 30,
    as_of: Annotated[
        str | None, typer.Option(metavar="ISO", help="The end of the period; default: now.")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Tell what could be placed, what was entered twice and what contradicts itself.

    Example: heatmaps quality --days 7
    """
    zone = load_settings().zone
    until = moment(as_of, zone, "--as-of") if as_of else clock()
    with opened() as store, store.reading() as connection:
        within = timedelta(hours=current_policy(connection).policy.quality.duplicate_within_h)
        found = load_quality(connection, until - timedelta(days=days), until, within)
    facts = asdict(found)
    for place in facts["repeats"]["places"]:
        place["cell"] = to_text(place["cell"]) if place["cell"] else None
    result(as_json, _told(found, days), days=days, **facts)


def _told(found: DataQuality, days: int) -> str:
    waiting = found.quarantine_waiting
    repeats, until = found.repeats, f"{found.until:%Y-%m-%d %H:%M} UTC"
    lines = [
        f"{found.complaints:,} complaints in {days} days up to {until}",
        f"  withdrawn: {_share(found.withdrawn, found.complaints)}",
        f"  placed: {_listed(found.by_level)}",
        f"  unlocated, without a cell: {_share(found.unlocated, found.complaints)}",
        f"  on default points: {_share(found.on_default_points, found.complaints)}",
        *(
            f"    {point.lat}, {point.lon}: {point.complaints:,} complaints, "
            f"{point.addresses:,} addresses"
            for point in found.default_points
        ),
        f"  entered again, nobody named: {_entries(repeats.repeats, repeats.groups)}",
        *(f"    {_place(place)}" for place in repeats.places),
        f"  faults of addresses and coordinates: {_listed(found.location_faults)}",
        f"  doubts: {_listed(found.flags)}",
        f"  files in these days: {found.rows_in:,} rows, {found.rows_left_out:,} left out",
        f"  to quarantine: {found.rows_quarantined:,}; waiting there now: {waiting:,}",
    ]
    return "\n".join(lines)


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{count:,} {word}" for word, count in counts.items()) or "none"


def _share(count: int, total: int) -> str:
    return f"{count:,} ({count / total:.1%})" if total else "0"


def _place(place: RepeatedPlace) -> str:
    where = f"cell {to_text(place.cell)}" if place.cell else "no place"
    return f"{where}: {_entries(place.repeats, place.groups)}"


def _entries(repeats: int, complaints: int) -> str:
    return f"{repeats:,} more entries of {complaints:,} complaints"
