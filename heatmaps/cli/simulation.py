"""The command that makes a region to try everything on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from heatmaps.cli.context import clock, moment
from heatmaps.cli.output import AsJson, DryRun, result
from heatmaps.settings import load_settings
from heatmaps.simulation import load_region, simulate, write

SAMPLE = Path(__file__).parents[2] / "data" / "spb"


def add_to(app: typer.Typer) -> None:
    """Add these commands to the whole."""
    app.command("simulate")(simulate_region)


def simulate_region(
    directory: Annotated[Path, typer.Argument(help="Folder the files are written to.")],
    until: Annotated[
        str | None, typer.Option(help="ISO moment it ends at; the last full hour where absent.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Another seed, another history.")] = 1,
    region: Annotated[Path, typer.Option(help="Folder of the real addresses and people.")] = SAMPLE,
    *,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Simulate complaints on real addresses, with planted faults and their truth.

    Example: heatmaps simulate var/demo --seed 7
    """
    last_hour = clock().replace(minute=0, second=0, microsecond=0)
    end = moment(until, load_settings().zone, "--until") if until is not None else last_hour
    made = simulate(load_region(region), end, seed)
    if not dry_run:
        write(made, directory)
    said = (
        f"{len(made.complaints):,} simulated complaints and {len(made.faults):,} planted faults, "
        f"{made.since:%Y-%m-%d %H:%M} to {made.until:%Y-%m-%d %H:%M} UTC, "
        + ("not written: dry run." if dry_run else f"written to {directory}.")
    )
    result(as_json, said, complaints=len(made.complaints), faults=len(made.faults),
           since=made.since, until=made.until, directory=str(directory),
           dry_run=dry_run)  # fmt: skip
