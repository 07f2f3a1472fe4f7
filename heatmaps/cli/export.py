"""Commands from the store out to files; the format follows the suffix."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from heatmaps.cli.context import clock, moment, opened
from heatmaps.cli.output import AsJson, progress, result
from heatmaps.errors import UsageError
from heatmaps.insight.writers import SUFFIXES, check_suffix, write_sheets
from heatmaps.settings import load_settings
from heatmaps.store.region import region_timezone
from heatmaps.store.spots import load_cases, load_living
from pipelines.export_cells import cell_sheet
from pipelines.export_complaints import complaint_sheet
from pipelines.export_gaps import gap_sheets
from pipelines.export_spots import spot_sheet
from pipelines.read_kpi import kpi_sheets, whole_days

if TYPE_CHECKING:
    from collections.abc import Sequence

    from heatmaps.insight.sheets import Sheet
    from heatmaps.store.engine import Store
    from heatmaps.store.exports import Period

export = typer.Typer(
    help=f"What is in the store, to files: {' '.join(SUFFIXES)}.", no_args_is_help=True
)

Out = Annotated[Path, typer.Option("--out", help="File; its suffix is the format.")]
Since = Annotated[str | None, typer.Option("--from", help="ISO moment from which it counts.")]
Until = Annotated[str | None, typer.Option("--to", help="ISO moment before which it counts.")]


def add_to(app: typer.Typer) -> None:
    """Add these commands to the whole."""
    app.add_typer(export, name="export")


@export.command()
def spots(
    out: Out,
    *,
    living: Annotated[bool, typer.Option("--open", help="Only spots that are not over.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write spots, with their zones now.

    Example: heatmaps export spots --out spots.gpkg
    """
    check_suffix(out)  # an unknown format is better told before the work than after it
    with opened() as store:
        with store.reading() as connection:
            cases = load_living(connection) if living else load_cases(connection)
        _write(store, "spots", [spot_sheet(cases)], out, as_json=as_json)


@export.command()
def complaints(
    out: Out, since: Since = None, until: Until = None, *, as_json: AsJson = False
) -> None:
    """Write complaints without personal data, each at the centre of its cell.

    Example: heatmaps export complaints --from 2026-02-01 --out complaints.parquet
    """
    check_suffix(out)
    with opened() as store:
        sheet = complaint_sheet(store, _period(store, since, until))
        _write(store, "complaints", [sheet], out, as_json=as_json)


@export.command()
def cells(out: Out, since: Since = None, until: Until = None, *, as_json: AsJson = False) -> None:
    """Write the H3 cells that have subscribers or complaints, with their counts.

    Example: heatmaps export cells --from 2026-02-01 --to 2026-03-01 --out cells.gpkg
    """
    check_suffix(out)
    with opened() as store:
        sheet = cell_sheet(store, _period(store, since, until))
        _write(store, "cells", [sheet], out, as_json=as_json)


@export.command()
def coverage_gaps(out: Out, *, as_json: AsJson = False) -> None:
    """Write places that keep coming back; .gpkg and .xlsx also hold their cells, spots and sites.

    Example: heatmaps export coverage-gaps --out gaps.gpkg
    """
    layers = None if check_suffix(out).holds_many else 1
    with opened() as store:
        _write(store, "coverage gaps", gap_sheets(store)[:layers], out, as_json=as_json)


@export.command()
def kpi(out: Out, since: Since = None, until: Until = None, *, as_json: AsJson = False) -> None:
    """Write the manager's figures with their definitions, and the spots they are made of.

    Without --from and --to these are the last 28 days. Formats of one table make a file for each.

    Example: heatmaps export kpi --from 2026-02-01 --to 2026-03-01 --out kpi.xlsx
    """
    check_suffix(out)
    now = clock()
    with opened() as store:
        days = whole_days(*_period(store, since, until), now, _zone(store))
        _write(store, "figures", kpi_sheets(store, days, now), out, as_json=as_json)


def _period(store: Store, since: str | None, until: str | None) -> Period:
    """Read the bounds; a moment without offset is in the region's zone."""
    zone = _zone(store)
    first = moment(since, zone, "--from") if since is not None else None
    last = moment(until, zone, "--to") if until is not None else None
    if first is not None and last is not None and last < first:
        message = f"--to {until} lies before --from {since}; exchange them."
        raise UsageError(message)
    return first, last


def _write(store: Store, what: str, sheets: Sequence[Sheet], out: Path, *, as_json: bool) -> None:
    with progress(f"Writing {out.name}, rows") as advance:
        files = write_sheets(sheets, out, _zone(store), advance)
    count = len(sheets[0])
    named = ", ".join(str(file) for file in files)
    result(as_json, f"{count:,} {what} written to {named}.", **{what.replace(" ", "_"): count},
           out=str(out), files=[str(file) for file in files])  # fmt: skip


def _zone(store: Store) -> ZoneInfo:
    """Give the region's zone, for times in formats that know none."""
    with store.reading() as connection:
        name = region_timezone(connection)
    return ZoneInfo(name) if name else load_settings().zone
