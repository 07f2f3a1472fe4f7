"""Commands by which complaints come in, and addresses are placed without them."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from heatmaps.cli.context import clock, opened
from heatmaps.cli.output import AsJson, DryRun, progress, result, warn
from heatmaps.cli.provider_account import told_of_provider, with_provider
from heatmaps.desk.answer import Asked
from heatmaps.errors import UsageError
from heatmaps.region.grid import to_text
from heatmaps.region.technology import Technology  # noqa: TC001 - typer reads it off the signature
from heatmaps.settings import load_settings
from heatmaps.store import quarantine as stored_quarantine
from pipelines.check_address import GeocoderOfStore, check_address, region_zone
from pipelines.geocode_file import geocode_file
from pipelines.import_complaints import Circumstances, import_file

if TYPE_CHECKING:
    from heatmaps.desk.answer import Answer
    from heatmaps.desk.card import SpotCard
    from heatmaps.store.engine import Store
    from pipelines.import_complaints import Counts, Imported

quarantine = typer.Typer(help="Rows that could not be used.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Add these commands to the whole."""
    app.command()(ingest)
    app.add_typer(quarantine, name="quarantine")
    app.command()(geocode)
    app.command()(lookup)


def ingest(
    files: Annotated[list[Path], typer.Argument(help="CSV, XLSX, JSON Lines or Parquet.")],
    profile: Annotated[
        str, typer.Option("--profile", "-p", help="Intake profile: a packaged name or a TOML file.")
    ] = "default",
    source: Annotated[
        str | None, typer.Option(help="Source of rows that name none; else the profile's, or crm.")
    ] = None,
    *,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Take in complaints; the same file again changes nothing.

    A dry run shows the first rows as they were mapped, and what would be quarantined.

    Example: heatmaps ingest complaints.csv --profile my-crm.toml --dry-run
    """
    unusable = False
    for file in files:
        with opened() as store, progress(f"Taking in {file.name}, rows") as advance:
            given = _circumstances(store, profile, source)
            imported = import_file(store, file, given, advance, keep=not dry_run)
        counts = imported.counts
        if imported.dropped_columns:
            warn(f"{file.name}: columns not used: {', '.join(imported.dropped_columns)}.")
        for note in imported.notes:
            warn(f"{note}.")
        for reason in () if dry_run else imported.reasons:
            warn(f"  {reason}")
        tried = f"\n{_tried(imported)}\n  Nothing was kept: dry run." if dry_run else ""
        result(as_json, f"{file.name}: {_said(counts)}{tried}", file=str(file), profile=profile,
               rows_in=counts.rows_in, **asdict(counts),
               dropped_columns=imported.dropped_columns, notes=imported.notes,
               refusals=imported.refusals.frequent(),
               preview=imported.preview if dry_run else None, dry_run=dry_run)  # fmt: skip
        unusable |= counts.rows_in > 0 and not counts.usable
    if unusable:
        raise typer.Exit(1)


@quarantine.command("list")
def list_quarantine(
    limit: Annotated[int, typer.Option(help="How many to show.", min=1)] = 100,
    *,
    as_json: AsJson = False,
) -> None:
    """List rows that could not be used, with id, what they are, file, line and reason.

    Example: heatmaps quarantine list --limit 20
    """
    with opened() as store, store.reading() as connection:
        rows = stored_quarantine.waiting(connection, limit)
        total = stored_quarantine.count_waiting(connection)
    lines = [
        f"{row.id}: {row.origin.kind} {row.origin.file}:{row.line}: {row.reason}" for row in rows
    ]
    lines.append(f"{total:,} rows in quarantine, {len(rows):,} shown.")
    shown = [
        {"id": r.id, **asdict(r.origin), "line": r.line, "reason": r.reason, "at": r.quarantined_at}
        for r in rows
    ]
    result(as_json, "\n".join(lines), total=total, rows=shown)


@quarantine.command("drop")
def drop(
    ids: Annotated[list[int] | None, typer.Argument(help="Rows, as `list` names them.")] = None,
    *,
    all_rows: Annotated[bool, typer.Option("--all", help="All rows that wait.")] = False,
    reason: Annotated[
        str | None, typer.Option(help="Of all, only those whose reason holds this text.")
    ] = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Give rows in quarantine up, and forget what stood in them.

    A row comes back if its file is loaded again and it is still wrong.

    Example: heatmaps quarantine drop --all --reason "came before in the file"
    """
    if bool(ids) == all_rows or (reason is not None and not all_rows):
        message = "Name the rows to drop by their ids, or use --all, which --reason narrows."
        raise UsageError(message)
    with opened() as store, store.writing(keep=not dry_run) as connection:
        dropped = stored_quarantine.give_up(connection, clock(), ids or None, reason)
        total = stored_quarantine.count_waiting(connection)
    strange = sorted(set(ids or ()) - set(dropped))
    if strange:
        warn(f"Not in quarantine: {', '.join(map(str, strange))}; see `heatmaps quarantine list`.")
    dry = "\n  Nothing was kept: dry run." if dry_run else ""
    result(as_json, f"{len(dropped):,} rows dropped, {total:,} left in quarantine.{dry}",
           dropped=len(dropped), ids=dropped, not_found=strange, total=total,
           dry_run=dry_run)  # fmt: skip
    if strange and not dropped:
        raise typer.Exit(1)


@quarantine.command("replay")
def replay(
    profile: Annotated[
        str | None,
        typer.Option("--profile", "-p", help="Profile for rows whose own cannot be read."),
    ] = None,
    *,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Try all rows in quarantine again, after a profile or this program was mended.

    Rows of sites, events, objects and customers come first, complaints after them; none of the
    former overwrites what was loaded after it. Rows whose profile cannot be read stay where they
    are.

    Example: heatmaps quarantine replay
    """
    from pipelines.load_network import replay_all  # it brings along much that `ingest` waits for

    with opened() as store:
        given = _circumstances(store, "default", None)
        replayed = replay_all(store, given, profile, keep=not dry_run)
    for each in replayed.unreadable:
        warn(f"{each.rows:,} rows stay in quarantine. {each.why}")
    counts = replayed.counts
    dry = "\n  Nothing was kept: dry run." if dry_run else ""
    result(as_json, f"{_said(counts)}{dry}", rows_in=counts.rows_in, **asdict(counts),
           unreadable=replayed.unreadable, dry_run=dry_run)  # fmt: skip


def geocode(
    source: Annotated[Path, typer.Argument(metavar="IN.csv", help="CSV with addresses.")],
    target: Annotated[Path, typer.Argument(metavar="OUT.csv", help="CSV to write.")],
    address_column: Annotated[str, typer.Option(help="Column of the address.")] = "address",
    city_column: Annotated[str | None, typer.Option(help="Column of the city.")] = None,
    city: Annotated[str | None, typer.Option(help="City of addresses that name none.")] = None,
    *,
    online: Annotated[
        bool, typer.Option("--online", help="Ask HEATMAPS_PROVIDER about what is doubtful.")
    ] = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Place the addresses of a file; its own columns stay untouched.

    With --online, only the normal form without flat of doubtful addresses leaves the house; a dry
    run asks nobody.

    Example: heatmaps geocode in.csv out.csv --address-column addr --city Санкт-Петербург
    """
    settings = load_settings()
    default = city or settings.default_city
    with opened() as store, progress("Geocoding, rows") as advance:
        ours = GeocoderOfStore(store, default, settings.cache_dir).current()
        asking = with_provider(store, ours, settings, default, asks=not dry_run) if online else None
        columns = (address_column, city_column)
        levels = geocode_file(source, target, asking or ours, columns, advance, keep=not dry_run)
    total = sum(levels.values())
    account = " + ".join(f"{count:,} {level}" for level, count in levels.items() if count)
    kept = "not written: dry run" if dry_run else f"written to {target}"
    said, asked = told_of_provider(asking)
    result(as_json, f"{total:,} rows = {account or 'none'}; {kept}.{said}", dry_run=dry_run,
           rows=total, levels=levels, out=str(target), **asked)  # fmt: skip


def lookup(
    address: Annotated[str, typer.Argument(help="The address as a caller says it.")],
    city: Annotated[str | None, typer.Option(help="City, where the address names none.")] = None,
    technology: Annotated[
        Technology | None, typer.Option(help="What the caller's device uses.")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Show what an agent sees for an address.

    Example: heatmaps lookup "7 линия ВО, 34" --city Санкт-Петербург
    """
    settings = load_settings()
    with opened() as store:
        asked = Asked(clock(), region_zone(store, settings.zone), settings.locale, technology)
        geocoder = GeocoderOfStore(store, settings.default_city, settings.cache_dir)
        given = check_address(store, geocoder, address, city, asked)
    result(as_json, _told(given), **_facts(given))


def _circumstances(store: Store, profile: str, source: str | None) -> Circumstances:
    settings = load_settings()
    geocoder = GeocoderOfStore(store, settings.default_city, settings.cache_dir)
    return Circumstances(clock(), settings.zone, geocoder.current, profile, source)


def _tried(imported: Imported) -> str:
    from heatmaps.cli.preview import told_of  # it brings rich, which takes a while

    return told_of(imported)


def _said(counts: Counts) -> str:
    said = (
        f"{counts.rows_in:,} rows in = {counts.new:,} new + {counts.updated:,} updated + "
        f"{counts.unchanged:,} unchanged + {counts.quarantined:,} quarantined"
    )
    if counts.left_out:
        said += f"; {counts.left_out:,} of {counts.rows:,} left out by the profile"
    if counts.unlocated:
        said += f"; {counts.unlocated:,} without a usable place"
    if counts.released:
        said += f"; {counts.released:,} rows left quarantine, since these made them needless"
    return said + "."


def _told(given: Answer) -> str:
    place = given.geocoded
    lines = [f"{place.matched or place.normal_form or '—'}  [{place.level}]"]
    if given.spot is not None:
        work = given.spot.work
        eta = f", ETA {work.eta:%Y-%m-%d %H:%M} UTC" if work.eta else ""
        lines.append(f"spot {work.spot_id}: {work.status}, cause {work.cause or '—'}{eta}")
    for event in given.events:
        end = f" to {event.ends_at:%Y-%m-%d %H:%M}" if event.ends_at else ""
        lines.append(f"{event.kind} {event.event_id}: {event.starts_at:%Y-%m-%d %H:%M}{end} UTC")
    if given.covered:
        told = (f"{name} {'yes' if held else 'no'}" for name, held in given.covered.items())
        lines.append(f"predicted coverage: {', '.join(told)}")
    lines += [f"  near: spot {n.card.spot_id}, {n.distance_m:,.0f} m" for n in given.near]
    lines += [f"  or: {other.label}" for other in place.alternatives]
    return "\n".join([*lines, given.sentence])


def _spot_facts(card: SpotCard) -> dict[str, object]:
    """Give a spot with its number in front and its cells as they stand outside the store."""
    cells = [to_text(cell) for cell in card.cells]
    return {"spot_id": card.spot_id, **asdict(card), "cells": cells}


def _facts(given: Answer) -> dict[str, object]:
    return {
        "verdict": given.verdict,
        "sentence": given.sentence,
        "geocoded": given.geocoded,
        "spot": _spot_facts(given.spot) if given.spot else None,
        "control_at": given.control_at,
        "certain": given.certain,
        "events": given.events,
        "covered": given.covered,
        "near": [{"spot_id": n.card.spot_id, "distance_m": n.distance_m} for n in given.near],
    }
