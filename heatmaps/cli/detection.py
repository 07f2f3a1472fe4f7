"""Commands from complaints to spots."""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from heatmaps.cli.context import clock, moment, opened
from heatmaps.cli.output import AsJson, DryRun, progress, result
from heatmaps.errors import UsageError
from heatmaps.insight.writers import check_suffix
from heatmaps.settings import load_settings
from heatmaps.store.detection import last_tick
from pipelines import find_gaps, find_spots
from pipelines.export_spots import write_spots
from pipelines.find_spots import Clockwork


def add_to(app: typer.Typer) -> None:
    """Add these commands to the whole."""
    app.command()(detect)
    app.command()(replay)
    app.command()(gaps)


def detect(
    as_of: Annotated[
        str | None, typer.Option("--as-of", help="ISO moment up to which; now where absent.")
    ] = None,
    *,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Advance detection hour by hour, from the last tick to the moment.

    Example: heatmaps detect --as-of 2026-03-01T12:00+03:00
    """
    now, zone, cache_dir = clock(), load_settings().zone, load_settings().cache_dir
    until = moment(as_of, zone, "--as-of") if as_of is not None else now
    with opened() as store, progress("Detecting, hours") as advance:
        work = find_spots.rehearse if dry_run else find_spots.detect
        done = work(store, until, Clockwork(now, zone, cache_dir), advance)
    if not done.ticks:
        said = f"No full hour to do: {done.living:,} spots live."
    else:
        said = (
            f"{done.ticks:,} hours done, {done.first_tick:%Y-%m-%d %H:%M} to "
            f"{done.last_tick:%Y-%m-%d %H:%M} UTC, over {done.complaints:,} complaints: "
            f"{done.opened:,} spots opened, {done.living:,} live."
        )
    said += "\n  Nothing was kept: dry run." if dry_run else ""
    result(as_json, said, dry_run=dry_run, ticks=done.ticks, first_tick=done.first_tick,
           last_tick=done.last_tick, complaints=done.complaints, opened=done.opened,
           living=done.living)  # fmt: skip


def replay(
    first: Annotated[str, typer.Option("--from", help="ISO moment of the first tick.")],
    last: Annotated[str, typer.Option("--to", help="ISO moment of the last tick.")],
    out: Annotated[Path, typer.Option("--out", help="Where to write the spots.")],
    step: Annotated[str, typer.Option("--step", help="Whole hours between ticks, as 1h.")] = "1h",
    *,
    as_json: AsJson = False,
) -> None:
    """Run detection over stored history as if it were then; the store stays as it is.

    Example: heatmaps replay --from 2026-02-01 --to 2026-03-01 --out spots.csv
    """
    zone = load_settings().zone
    start, end = moment(first, zone, "--from"), moment(last, zone, "--to")
    if end < start:
        message = f"--to {last} lies before --from {first}; exchange them."
        raise UsageError(message)
    check_suffix(out)  # an unknown format is better told before the work than after it
    with opened() as store, progress("Replaying, hours") as advance:
        ticks = find_spots.hours_between(start, end, _step(step))
        cache_dir = load_settings().cache_dir
        cases = find_spots.replay(store, ticks, zone, advance, cache_dir=cache_dir)
    count = write_spots(cases, out, zone)
    result(as_json, f"{count:,} spots written to {out}.", spots=count, out=str(out))


def gaps(
    as_of: Annotated[
        str | None,
        typer.Option(
            "--as-of", help="ISO moment up to which; the last hour of detection if absent."
        ),
    ] = None,
    *,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Find the coverage gaps anew, as detection does once a day: say, after loading coverage.

    Example: heatmaps gaps --dry-run
    """
    zone = load_settings().zone
    with opened() as store:
        with store.reading() as connection:
            until = last_tick(connection) or clock()
        until = moment(as_of, zone, "--as-of") if as_of is not None else until
        found = find_gaps.refresh(store, until, zone, keep=not dry_run)
    search, count = found.search, len(found.gaps)
    patterns = Counter(str(gap.pattern) for gap in found.gaps)
    if search is None:
        said = "Nothing to look back on: it takes four weeks of complaints that have a place."
    elif not search.cells:
        said = (
            "No subscribers are loaded, so that nothing can be expected of any place and no gap is "
            "found; load them with `heatmaps subscribers load FILE`."
        )
    else:
        said = (
            f"{count:,} coverage gaps at {search.cells:,} cells, over {search.complaints:,} "
            f"complaints, {search.since:%Y-%m-%d %H:%M} to {search.until:%Y-%m-%d %H:%M} UTC."
        )
        said += "".join(f"\n  {each}: {number:,}" for each, number in patterns.most_common())
    said += "\n  Nothing was kept: dry run." if dry_run else ""
    result(as_json, said, dry_run=dry_run, gaps=count, patterns=patterns,
           cells=search and search.cells, complaints=search and search.complaints,
           since=search and search.since, until=search and search.until,
           period_days=search and search.period_days)  # fmt: skip


def _step(text: str) -> timedelta:
    found = re.fullmatch(r"(\d+)h", text)
    if not found or int(found[1]) < 1:
        message = f"--step {text!r} is no number of whole hours; write it like 1h or 6h."
        raise UsageError(message)
    return timedelta(hours=int(found[1]))
