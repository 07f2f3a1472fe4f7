"""Benchmarks: a table for people, figures as JSON."""

from __future__ import annotations

import sys
import tempfile
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from heatmaps.cli.context import clock, opened
from heatmaps.cli.geocoding_tables import bench_text
from heatmaps.cli.output import AsJson, progress, result, warn
from heatmaps.desk.answer import Asked
from heatmaps.policy import packaged_policy
from heatmaps.settings import load_settings
from pipelines import bench_geocoding, bench_pipeline, benchmarks
from pipelines.find_spots import Clockwork

if TYPE_CHECKING:
    from pipelines.bench_pipeline import Part
    from pipelines.benchmarks import Measured

bench = typer.Typer(help="How fast it is here, and how well.", no_args_is_help=True)

EXAMPLES = Path(__file__).parents[2] / "tests" / "examples"
"""Where a checkout holds the labelled sets; an installed package has none."""

SEED = 20260301
COMPLAINTS_A_HOUSE = 10
STORE_DAYS = 14

Sample = Annotated[int, typer.Option(help="How many addresses.", min=1)]


class Peer(StrEnum):
    """Geocoders to measure beside ours."""

    ADDOK = "addok"


class Spelling(StrEnum):
    """How the addresses of complaints are written."""

    CLEAN = "clean"
    DIRTY = "dirty"


class Scale(StrEnum):
    """The countries that hours of detection are measured on; see `bench_hours.SIZES`."""

    STEP = "step"
    REGION = "region"
    NATION = "nation"
    CROWDED = "crowded"


def add_to(app: typer.Typer) -> None:
    """Add these commands to the whole."""
    app.add_typer(bench, name="bench")


@bench.command()
def geocoding(
    sample: Sample = 2_000,
    scale: Annotated[
        int | None, typer.Option(help="Blow the gazetteer up to so many houses first.", min=1000)
    ] = None,
    seed: Annotated[int, typer.Option(help="Other seeds draw other towns and addresses.")] = SEED,
    examples: Annotated[Path, typer.Option(help="Folder of the labelled sets.")] = EXAMPLES,
    against: Annotated[Peer | None, typer.Option(help="Ask a peer the same.")] = None,
    addok_python: Annotated[str, typer.Option(help="A Python that has addok.")] = sys.executable,
    failures: Annotated[
        int, typer.Option(help="Failures shown of each kind, and all evidence.", min=0)
    ] = 0,
    *,
    as_json: AsJson = False,
) -> None:
    """Put misspelled addresses of the loaded gazetteer to the geocoder, and the labelled sets.

    Example: heatmaps bench geocoding --scale 1000000 --failures 5
    """
    asked = bench_geocoding.Asked(
        bench_geocoding.Sample(sample, seed, failures), scale, addok_python if against else None
    )
    sets = bench_geocoding.labelled_sets(examples)
    with opened() as store, progress("Asking") as advance:
        told = bench_geocoding.bench(store, asked, advance)
    result(
        as_json,
        bench_text(told, sets, failures=failures),
        benchmark="geocoding",
        measured=told,
        labelled={name: bench_geocoding.by_trouble(held) for name, held in sets.items()},
    )


@bench.command()
def lookup(sample: Sample = 300, *, as_json: AsJson = False) -> None:
    """Check addresses as an agent does, and complete what is typed.

    Example: heatmaps bench lookup
    """
    settings = load_settings()
    asked = Asked(clock(), settings.zone, settings.locale)
    with opened() as store:
        _tell("lookup", benchmarks.bench_lookup(store, asked, sample), as_json=as_json)


@bench.command()
def detection(
    trials: Annotated[int, typer.Option(help="Synthetic regions with faults.", min=0)] = 20,
    null_trials: Annotated[int, typer.Option(help="Regions without faults.", min=0)] = 10,
    seed: Annotated[int, typer.Option(help="Of the first region; the next has the next.")] = 1000,
    subscribers: Annotated[
        int, typer.Option(help="Subscribers of a region.", min=50_000)
    ] = 1_000_000,
    faults: Annotated[int, typer.Option(help="Faults planted in a region.", min=1)] = 48,
    history: Annotated[int, typer.Option(help="Days before those that count.", min=7)] = 56,
    days: Annotated[
        int | None, typer.Option(help="Days that count: 28, of a store 14.", min=1)
    ] = None,
    false_alarms: Annotated[
        float, typer.Option(help="Allowed a week per million subscribers.", min=0.0)
    ] = 1.0,
    processes: Annotated[int, typer.Option(help="Regions measured at a time.", min=1)] = 1,
    out: Annotated[Path | None, typer.Option(help="Draw the curves into this file.")] = None,
    doc: Annotated[Path | None, typer.Option(help="Write the tables into this page.")] = None,
    *,
    quick: Annotated[
        bool, typer.Option("--quick", help="The plain scan, ours and the oracle only.")
    ] = False,
    store: Annotated[
        bool, typer.Option("--store", help="Only time a replay of the store's last days.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Compare what finds faults, on synthetic regions where they are planted; nothing is written.

    With --store: replay the last days of the store hour by hour, and tell how long that takes.

    Example: heatmaps bench detection --trials 3 --null-trials 0 --subscribers 300000 --days 7
    """
    if store:
        with opened() as held:
            measured = benchmarks.bench_detection(held, _clockwork(), days or STORE_DAYS)
        _tell("detection", measured, as_json=as_json)
        return
    from heatmaps.simulation.trials import Wanted
    from pipelines import bench_detection

    wanted = Wanted(subscribers, faults, history, days or Wanted().days)
    policy = packaged_policy().detection
    asked = bench_detection.Asked(policy, seed, trials, null_trials, wanted, false_alarms,
                                  quick=quick, processes=processes)  # fmt: skip
    told = bench_detection.bench(asked, bench_detection.Kept(out, doc), warn)
    result(as_json, told.report, benchmark="detection", command=told.command,
           measured=told.figures)  # fmt: skip


@bench.command()
def hours(
    size: Annotated[Scale, typer.Argument(help="Of what size the country is.")],
    seed: Annotated[int, typer.Option(help="Other seeds draw other countries.")] = SEED,
    ticks: Annotated[
        int | None, typer.Option(help="So many hours instead of those of the size.", min=2)
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Take a drawn country through hours of detection, and tell the processor time of an hour.

    step: 100,000 populated cells. region: 5 million subscribers, 28 days. nation: 80 million on 2
    million cells, in a week with five times the usual complaints. crowded: a million complaints
    in 28 days on 2,100 cells. All in this process; no store is touched and nothing is kept.

    Example: heatmaps bench hours step
    """
    from pipelines import bench_hours

    wanted = bench_hours.SIZES[size]
    wanted = replace(wanted, ticks=ticks or wanted.ticks)
    with progress("Detecting") as advance:
        told = bench_hours.bench(wanted, seed, advance)
    _tell("hours", bench_hours.figures(told), as_json=as_json)


@bench.command()
def gaps(
    trials: Annotated[int, typer.Option(help="Synthetic histories of two years.", min=1)] = 20,
    seed: Annotated[int, typer.Option(help="Of the first; the next has the next.")] = 1000,
    *,
    as_json: AsJson = False,
) -> None:
    """Look for chronic places planted in histories, as planners get them and in the first form.

    Example: heatmaps bench gaps --trials 5
    """
    from pipelines import bench_gaps

    asked = bench_gaps.Asked(packaged_policy(), seed, trials, bench_gaps.Wanted())
    with progress("Looking back") as advance:
        scores = bench_gaps.bench(asked, advance)
    result(as_json, bench_gaps.report(scores), benchmark="gaps", seed=seed, trials=trials,
           measured=[bench_gaps.figures(score) for score in scores])  # fmt: skip


@bench.command()
def pipeline(
    scale: Annotated[
        int, typer.Option(help="How many complaints; at a tenth as many houses.", min=1_000)
    ] = 1_000_000,
    houses: Annotated[int | None, typer.Option(help="At how many houses instead.", min=100)] = None,
    days: Annotated[int, typer.Option(help="Over how many days.", min=1)] = 28,
    store: Annotated[
        str | None,
        typer.Option(help="URL of a PostGIS server to measure, too; makes databases there."),
    ] = None,
    spelling: Annotated[
        Spelling | None, typer.Option(help="Clean or dirty addresses alone; else both, apart.")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Take complaints from CSV to spots in new stores, clean and dirty apart, and the naive way.

    Every step is the command itself in a process of its own, told as it ends (with --json on
    stderr); then what a user waits for, side by side. Memory is that of the process and all that it
    started, without a database server. Everything is removed afterwards.

    Example: heatmaps bench pipeline --scale 100000
    """
    spellings = (spelling,) if spelling else tuple(Spelling)
    number = houses or max(scale // COMPLAINTS_A_HOUSE, 100)
    asked = bench_pipeline.Asked(scale, number, days, clock(), store, spellings)
    parts: list[Part] = []
    typer.echo(f"{bench_pipeline.asked_line(asked)}\n\n{bench_pipeline.HEADER}", err=as_json)
    with tempfile.TemporaryDirectory(prefix="heatmaps-bench-") as folder:
        for part in bench_pipeline.bench(asked, Path(folder)):
            typer.echo(bench_pipeline.part_line(part), err=as_json)
            parts.append(part)
    result(as_json, "\n" + "\n".join(bench_pipeline.summary_lines(parts)), benchmark="pipeline",
           complaints=scale, houses=number, days=days, measured=parts,
           waits=bench_pipeline.waits(parts))  # fmt: skip


def _clockwork() -> Clockwork:
    return Clockwork(clock(), load_settings().zone)


def _tell(name: str, measured: list[Measured], *, as_json: bool) -> None:
    width = max(len(each.what) for each in measured)
    lines = [f"{each.what:<{width}}  {each.figure:>12,.2f} {each.unit}" for each in measured]
    result(as_json, "\n".join(lines), benchmark=name, measured=measured)
