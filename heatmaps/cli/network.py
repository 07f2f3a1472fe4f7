"""Commands that load the network and the customer base."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from heatmaps.cli.context import clock, opened
from heatmaps.cli.output import AsJson, DryRun, progress, result, warn
from heatmaps.cli.region import Layer, tell_loaded
from heatmaps.complaints.profiles import Kind
from heatmaps.region.technology import Technology  # noqa: TC001 - typer reads it off the signature
from heatmaps.settings import load_settings
from pipelines.check_address import GeocoderOfStore
from pipelines.import_complaints import Circumstances
from pipelines.load_network import (
    AreasFile,
    Replacing,
    RowsFile,
    load_coverage_file,
    load_rows_file,
)

if TYPE_CHECKING:
    from pipelines.load_network import LoadedRows

sites = typer.Typer(help="Sectors of the network.", no_args_is_help=True)
coverage = typer.Typer(help="Where the network is predicted to work.", no_args_is_help=True)
events = typer.Typer(help="Planned works, outages, mass events.", no_args_is_help=True)
objects = typer.Typer(help="What must not be without connection.", no_args_is_help=True)
customers = typer.Typer(help="The customer base.", no_args_is_help=True)

RowFile = Annotated[Path, typer.Argument(help="CSV, plain or gzip.")]
ProfileName = Annotated[
    str, typer.Option("--profile", "-p", help="Intake profile: a packaged name or a TOML file.")
]


def add_to(app: typer.Typer) -> None:
    """Add these commands to the whole."""
    app.add_typer(sites, name="sites")
    app.add_typer(coverage, name="coverage")
    app.add_typer(events, name="events")
    app.add_typer(objects, name="objects")
    app.add_typer(customers, name="customers")


@sites.command("load")
def load_sites(
    file: RowFile,
    profile: ProfileName = Kind.SITES.value,
    *,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Load sectors, one row each; a known sector_id gets the new row.

    Example: heatmaps sites load sites.csv
    """
    _load_rows(RowsFile(file, Kind.SITES), profile, as_json=as_json, dry_run=dry_run)


@events.command("load")
def load_events(
    file: RowFile,
    profile: ProfileName = Kind.EVENTS.value,
    *,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Load planned works, outages and mass events; a known event_id gets the new row.

    Territories and sites that events name are loaded before them.

    Example: heatmaps events load events.csv
    """
    _load_rows(RowsFile(file, Kind.EVENTS), profile, as_json=as_json, dry_run=dry_run)


@objects.command("load")
def load_objects(
    file: RowFile,
    profile: ProfileName = Kind.OBJECTS.value,
    *,
    replace: Annotated[
        bool, typer.Option("--replace", help="Remove the objects that the file does not name.")
    ] = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Load hospitals, schools, fire stations and the like; a known object_id gets the new row.

    Spots that hold such objects are more urgent, by [priority.vulnerable] of the policy. Of a file
    with addresses instead of coordinates, `heatmaps geocode` finds these first.

    Example: heatmaps objects load objects.csv
    """
    _load_rows(RowsFile(file, Kind.OBJECTS, replace), profile, as_json=as_json, dry_run=dry_run)


@customers.command("load")
def load_customers(
    file: RowFile,
    profile: ProfileName = Kind.CUSTOMERS.value,
    *,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Load customers at their addresses, one row each.

    For each customer and kind of address that the file names, its rows replace all addresses known
    before: whoever moved no longer lives at the old one.

    Example: heatmaps customers load customers.csv.gz
    """
    _load_rows(RowsFile(file, Kind.CUSTOMERS), profile, as_json=as_json, dry_run=dry_run)


@coverage.command("load")
def load_coverage(
    file: Annotated[Path, typer.Argument(help="Polygons in any GDAL format, or GeoParquet.")],
    technology: Annotated[
        Technology | None, typer.Option(help="Technology of areas that name none.")
    ] = None,
    *,
    add: Annotated[
        bool, typer.Option("--add", help="Keep the coverage known of the file's technologies.")
    ] = False,
    despite_refused: Annotated[
        bool,
        typer.Option(
            "--despite-refused", help="Replace also what the file gives in part: areas refused."
        ),
    ] = False,
    layer: Layer = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Load predicted coverage; it replaces that of the technologies the file names.

    Refused areas are told with the number of their feature and wait nowhere: mend the file and
    load it again. Until then the stored coverage of their technology is not replaced by less.

    Example: heatmaps coverage load coverage.gpkg
    """
    if add:
        how = Replacing.NOTHING
    else:
        how = Replacing.DESPITE_REFUSED if despite_refused else Replacing.WHOLE
    with opened() as store:
        areas = AreasFile(file, technology, layer)
        loaded = load_coverage_file(store, areas, how, keep=not dry_run)
    tell_loaded(file, loaded, "areas", as_json=as_json, dry_run=dry_run)


def _load_rows(file: RowsFile, profile: str, *, as_json: bool, dry_run: bool) -> None:
    settings = load_settings()
    with opened() as store, progress(f"Loading {file.path.name}, rows") as advance:
        geocoder = GeocoderOfStore(store, settings.default_city, settings.cache_dir)
        given = Circumstances(clock(), settings.zone, geocoder.current, profile)
        loaded = load_rows_file(store, file, given, advance, keep=not dry_run)
    for note in loaded.notes:
        warn(f"{file.path.name}: {note}")
    for reason in loaded.reasons:
        warn(f"  {reason}")
    counts = loaded.counts
    facts = {name: count for name, count in asdict(counts).items() if name != "unlocated"}
    dry = "\n  Nothing was kept: dry run." if dry_run else ""
    result(as_json, f"{file.path.name}: {_said(loaded, file.kind)}{dry}", file=str(file.path),
           kind=file.kind, profile=profile, rows_in=counts.rows_in, **facts, gone=loaded.gone,
           dry_run=dry_run)  # fmt: skip
    if counts.rows_in and not counts.usable:
        raise typer.Exit(1)


def _said(loaded: LoadedRows, kind: Kind) -> str:
    counts = loaded.counts
    said = (
        f"{counts.rows_in:,} rows in = {counts.new:,} new + {counts.updated:,} updated + "
        f"{counts.unchanged:,} unchanged + {counts.quarantined:,} quarantined"
    )
    if counts.left_out:
        said += f"; {counts.left_out:,} of {counts.rows:,} left out by the profile"
    if counts.released:
        said += f"; {counts.released:,} rows left quarantine, since these made them needless"
    if loaded.gone:
        what = "objects" if kind is Kind.OBJECTS else "addresses"
        said += f"; {loaded.gone:,} {what} that the file no longer names went"
    return said + "."
