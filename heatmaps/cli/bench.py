"""Benchmarks: a table for people, figures as JSON."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from heatmaps.cli.context import clock, opened
from heatmaps.cli.output import AsJson, result
from heatmaps.cli.simulation import SAMPLE
from heatmaps.desk.answer import Asked
from heatmaps.settings import load_settings
from pipelines import benchmarks
from pipelines.find_spots import Clockwork

if TYPE_CHECKING:
    from pipelines.benchmarks import Measured

bench = typer.Typer(help="How fast it is here.", no_args_is_help=True)

Sample = Annotated[int, typer.Option(help="How many addresses.", min=1)]


def add_to(app: typer.Typer) -> None:
    """Add these commands to the whole."""
    app.add_typer(bench, name="bench")


@bench.command()
def geocoding(sample: Sample = 20_000, *, as_json: AsJson = False) -> None:
    """Geocode houses of the loaded gazetteer by their own names.

    Example: heatmaps bench geocoding --sample 5000
    """
    with opened() as store:
        _tell("geocoding", benchmarks.bench_geocoding(store, sample), as_json=as_json)


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
    days: Annotated[int, typer.Option(help="How many days to replay.", min=1)] = 14,
    *,
    as_json: AsJson = False,
) -> None:
    """Replay the last days of the store hour by hour; nothing is written.

    Example: heatmaps bench detection --days 28
    """
    with opened() as store:
        measured = benchmarks.bench_detection(store, _clockwork(), days)
    _tell("detection", measured, as_json=as_json)


@bench.command()
def pipeline(
    region: Annotated[Path, typer.Option(help="Folder of the region's sample.")] = SAMPLE,
    *,
    as_json: AsJson = False,
) -> None:
    """Take a simulated region from files to spots, in a store that is removed afterwards.

    Example: heatmaps bench pipeline
    """
    with tempfile.TemporaryDirectory(prefix="heatmaps-bench-") as folder:
        url = f"sqlite:///{folder}/heatmaps.db"
        measured = benchmarks.bench_pipeline(url, Path(folder), region, _clockwork())
    _tell("pipeline", measured, as_json=as_json)


def _clockwork() -> Clockwork:
    return Clockwork(clock(), load_settings().zone)


def _tell(name: str, measured: list[Measured], *, as_json: bool) -> None:
    width = max(len(each.what) for each in measured)
    lines = [f"{each.what:<{width}}  {each.figure:>12,.2f} {each.unit}" for each in measured]
    result(as_json, "\n".join(lines), benchmark=name, measured=measured)
