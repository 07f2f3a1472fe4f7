"""The command that makes a region to try everything on, and plays its past."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from heatmaps.cli.context import clock, moment, opened
from heatmaps.cli.output import AsJson, DryRun, progress, result
from heatmaps.errors import UsageError
from heatmaps.settings import load_settings
from heatmaps.simulation import load_region, simulate, write
from heatmaps.simulation.simulation import DAYS
from pipelines.find_spots import Clockwork
from pipelines.play_engineers import play as play_engineers

if TYPE_CHECKING:
    from datetime import datetime

    from heatmaps.simulation import Simulation

SAMPLE = Path(__file__).parents[2] / "data" / "spb"


def add_to(app: typer.Typer) -> None:
    """Add these commands to the whole."""
    app.command("simulate")(simulate_region)


def simulate_region(
    directory: Annotated[
        Path, typer.Argument(help="Folder the files are written to, or read from to play.")
    ],
    until: Annotated[
        str | None, typer.Option(help="ISO moment it ends at; the last full hour where absent.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Another seed, another history.")] = 1,
    days: Annotated[
        int | None, typer.Option(help=f"How many days of complaints; {DAYS} where absent.")
    ] = None,
    region: Annotated[
        Path | None, typer.Option(help="Folder of real addresses and people; a part of Petersburg.")
    ] = None,
    *,
    play: Annotated[
        bool, typer.Option("--play", help="Detect what is loaded, with engineers at work.")
    ] = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Simulate complaints on real addresses, with planted faults and their truth.

    With --play the folder's complaints must be in the store: detection then advances hour by
    hour, as `heatmaps detect` does, while simulated engineers work on what it finds.

    Example: heatmaps simulate var/demo --seed 7
    """
    last_hour = clock().replace(minute=0, second=0, microsecond=0)
    end = moment(until, load_settings().zone, "--until") if until is not None else last_hour
    if play:
        if days is not None or region is not None:
            message = "--play takes the folder as it is; leave out --days and --region."
            raise UsageError(message)
        _play(directory, end, seed, dry_run=dry_run, as_json=as_json)
    else:
        made = simulate(load_region(region or SAMPLE), end, seed, DAYS if days is None else days)
        _write(made, directory, dry_run=dry_run, as_json=as_json)


def _write(made: Simulation, directory: Path, *, dry_run: bool, as_json: bool) -> None:
    if not dry_run:
        write(made, directory)
    said = (
        f"{len(made.complaints):,} simulated complaints, {len(made.faults):,} planted faults and "
        f"{len(made.holes):,} holes in the coverage, "
        f"{made.since:%Y-%m-%d %H:%M} to {made.until:%Y-%m-%d %H:%M} UTC, "
        + ("not written: dry run." if dry_run else f"written to {directory}.")
    )
    result(as_json, said, complaints=len(made.complaints), faults=len(made.faults),
           holes=len(made.holes), since=made.since, until=made.until, directory=str(directory),
           dry_run=dry_run)  # fmt: skip


def _play(directory: Path, until: datetime, seed: int, *, dry_run: bool, as_json: bool) -> None:
    clockwork = Clockwork(clock(), load_settings().zone, load_settings().cache_dir)
    with opened() as store, progress("Playing, hours") as advance:
        done = play_engineers(
            store, directory, until, clockwork, advance, seed=seed, keep=not dry_run
        )
    if not done.ticks:
        said = f"No full hour to play: {done.living:,} spots live."
    else:
        said = (
            f"{done.ticks:,} hours played, {done.first_tick:%Y-%m-%d %H:%M} to "
            f"{done.last_tick:%Y-%m-%d %H:%M} UTC: {done.opened:,} spots opened, "
            f"{done.living:,} live, and engineers took {done.acted:,} steps."
        )
    said += "\n  Nothing was kept: dry run." if dry_run else ""
    result(as_json, said, dry_run=dry_run, ticks=done.ticks, first_tick=done.first_tick,
           last_tick=done.last_tick, complaints=done.complaints, opened=done.opened,
           living=done.living, acted=done.acted)  # fmt: skip
