"""Commands that load what is there before anybody complains."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from heatmaps.cli.context import clock, opened
from heatmaps.cli.output import AsJson, DryRun, progress, result, warn
from heatmaps.settings import load_settings
from pipelines.index_of_store import keep_snapshot
from pipelines.load_region import (
    Wish,
    load_gazetteer_file,
    load_subscribers_file,
    load_territories_file,
)

if TYPE_CHECKING:
    from pipelines.load_region import Loaded, LoadedGazetteer

gazetteer = typer.Typer(help="Addresses to find complaints by.", no_args_is_help=True)
subscribers = typer.Typer(help="Who could complain, per cell.", no_args_is_help=True)
territories = typer.Typer(help="The operator's land and its parts.", no_args_is_help=True)

SHOWN_REFUSALS = 5

Layer = Annotated[str | None, typer.Option(help="Layer to read, of a file with several.")]


def add_to(app: typer.Typer) -> None:
    """Add these commands to the whole."""
    app.add_typer(gazetteer, name="gazetteer")
    app.add_typer(subscribers, name="subscribers")
    app.add_typer(territories, name="territories")


@gazetteer.command("load")
def load_gazetteer(
    files: Annotated[list[Path], typer.Argument(help="OSM (.osm.pbf .osm.gz .osm) or CSV files.")],
    dataset: Annotated[
        str | None,
        typer.Option(help="What the files are deliveries of; else their names without the date."),
    ] = None,
    *,
    shrink: Annotated[
        bool, typer.Option(help="Let a file lack over a fifth of what its dataset brought before.")
    ] = False,
    moved: Annotated[
        bool, typer.Option(help="Let a file put over a fifth of its dataset's houses far off.")
    ] = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Merge addresses into the gazetteer; a newer file takes the place of its older delivery.

    Example: heatmaps gazetteer load region.osm.pbf extra.csv
    """
    for file in files:
        with opened() as store, progress(f"Reading {file.name}, rows") as advance:
            wish = Wish(load_settings().default_city, dataset, shrink, moved, keep=not dry_run)
            loaded = load_gazetteer_file(
                store, file, clock(), wish, lambda rows: advance(rows, rows)
            )
            if not dry_run and file is files[-1]:
                keep_snapshot(store, load_settings().cache_dir)
        said = f"{file.name}: {_merged(loaded)}\n  {_account(loaded.report)}"
        result(as_json, said + _dry(dry_run=dry_run), file=str(file), dataset=loaded.dataset,
               read=loaded.report, merge=loaded.merge, placed=loaded.complaints.placed,
               placed_customers=loaded.customers.placed, complaints=loaded.complaints,
               customers=loaded.customers, dry_run=dry_run)  # fmt: skip


def _merged(loaded: LoadedGazetteer) -> str:
    """Say what merging did to the gazetteer, and to the addresses that hang on it."""
    merge = loaded.merge
    houses = merge.houses_added + merge.houses_moved + merge.houses_unchanged
    said = (
        f"{houses:,} houses = {merge.houses_added:,} new + "
        f"{merge.houses_moved:,} moved + {merge.houses_unchanged:,} unchanged; "
        f"{merge.streets_added:,} new streets, {merge.settlements_added:,} new settlements."
    )
    if merge.houses_elsewhere:
        said += (
            f"\n  {merge.houses_elsewhere:,} of those unchanged are placed otherwise by another "
            "dataset that named them first."
        )
    if merge.houses_gone or merge.streets_gone or merge.settlements_gone:
        said += (
            f"\n  Gone from {loaded.dataset}: {merge.houses_gone:,} houses, "
            f"{merge.streets_gone:,} streets, {merge.settlements_gone:,} settlements."
        )
    for what, again in (
        ("complaints", loaded.complaints), ("customers' addresses", loaded.customers)
    ):  # fmt: skip
        if again.looked_at:
            said += (
                f"\n  {again.looked_at:,} {what} looked at again: {again.placed:,} placed, "
                f"{again.moved:,} moved, {again.lost:,} lost."
            )
    return said


@subscribers.command("load")
def load_subscribers(
    file: Annotated[Path, typer.Argument(help="CSV with cell and subscribers.")],
    profile: Annotated[
        str, typer.Option(help="Intake profile: a packaged name or a TOML file.")
    ] = "subscribers",
    *,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Load subscribers per H3 cell, of resolution 9 or coarser.

    Example: heatmaps subscribers load subscribers.csv
    """
    with opened() as store:
        loaded = load_subscribers_file(store, file, profile, keep=not dry_run)
    tell_loaded(file, loaded, "cells", as_json=as_json, dry_run=dry_run)


@territories.command("load")
def load_territories(
    file: Annotated[Path, typer.Argument(help="Polygons in any GDAL format, or GeoParquet.")],
    *,
    layer: Layer = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Load territories; the one without a parent is the region.

    Example: heatmaps territories load districts.geojson
    """
    with opened() as store:
        loaded = load_territories_file(store, file, layer, keep=not dry_run)
    tell_loaded(file, loaded, "territories", as_json=as_json, dry_run=dry_run)


def _account(report: dict[str, Any]) -> str:
    """Say what a reader did with a gazetteer file, so that its rows add up."""
    left_out = sum(report["left_out"].values())
    said = (
        f"{report['rows']:,} rows read = {report['houses']:,} houses + {report['points']:,} points "
        f"of streets or places + {left_out:,} left out"
    )
    if left_out:
        reasons = ", ".join(f"{count:,} {why}" for why, count in report["left_out"].items())
        said += f" ({reasons})"
    if report["far_apart"]:
        said += f"; {report['far_apart']:,} duplicates stand over 200 m from the one kept"
    if report["assumed"]:
        said += f"; {report['assumed']:,} houses were given {report['assumed_settlement']}"
    return said + "."


def tell_loaded(file: Path, loaded: Loaded, what: str, *, as_json: bool, dry_run: bool) -> None:
    """Print what became of a file; it fails where none of its rows could be used.

    It fails as well where some were held back.
    """
    rows_in = loaded.rows - loaded.left_out
    said = (
        f"{file.name}: {rows_in:,} {what} in = {loaded.new:,} new + {loaded.updated:,} updated + "
        f"{loaded.unchanged:,} unchanged + {len(loaded.refused):,} refused"
    )
    if loaded.held_back:
        said += f" + {loaded.held_back:,} held back"
    said += f"; {loaded.left_out:,} left out by the profile." if loaded.left_out else "."
    if loaded.gone:
        said += f"\n  {loaded.gone:,} {what} that the file no longer names went."
    for note in loaded.notes:
        warn(note)
    for row in loaded.refused[:SHOWN_REFUSALS]:
        warn(f"  line {row.line}: {row.reason}")
    if len(loaded.refused) > SHOWN_REFUSALS:
        warn(f"  … and {len(loaded.refused) - SHOWN_REFUSALS:,} more")
    if loaded.incomplete:
        warn(
            f"The coverage of {', '.join(loaded.incomplete)} was not replaced, since areas of the "
            "file were refused; load the mended file, or use --despite-refused or --add."
        )
    result(as_json, said + _dry(dry_run=dry_run), file=str(file), rows=loaded.rows,
           rows_in=rows_in, left_out=loaded.left_out, new=loaded.new, updated=loaded.updated,
           unchanged=loaded.unchanged, refused=len(loaded.refused), gone=loaded.gone,
           held_back=loaded.held_back, incomplete=loaded.incomplete,
           refusals=[{"line": row.line, "reason": row.reason} for row in loaded.refused],
           dry_run=dry_run)  # fmt: skip
    if loaded.incomplete or (rows_in and len(loaded.refused) == rows_in):
        raise typer.Exit(1)


def _dry(*, dry_run: bool) -> str:
    return "\n  Nothing was kept: dry run." if dry_run else ""
