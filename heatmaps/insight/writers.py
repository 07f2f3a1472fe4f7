"""Sheets to files, the format by the suffix; a file is there whole or not at all."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING

from heatmaps.errors import FileError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import tzinfo

    from heatmaps.insight.sheets import Sheet

    Advance = Callable[[int, int], None]
    """Is told how many rows are written, of how many."""


@dataclass(frozen=True, slots=True)
class Format:
    """How files of one suffix are made, and whether one file holds many sheets."""

    write: Callable[[Sequence[Sheet], Path, tzinfo, Advance], None]
    holds_many: bool


def _csv(sheets: Sequence[Sheet], path: Path, _zone: tzinfo, told: Advance) -> None:
    from heatmaps.insight.csv_file import write_csv

    write_csv(sheets[0], path, told)


def _xlsx(sheets: Sequence[Sheet], path: Path, zone: tzinfo, told: Advance) -> None:
    from heatmaps.insight.xlsx_file import write_xlsx

    write_xlsx(sheets, path, zone, told)


def _geojson(sheets: Sequence[Sheet], path: Path, _zone: tzinfo, _told: Advance) -> None:
    from heatmaps.insight.geo_files import write_geojson

    write_geojson(sheets[0], path)


def _gpkg(sheets: Sequence[Sheet], path: Path, _zone: tzinfo, _told: Advance) -> None:
    from heatmaps.insight.geo_files import write_gpkg

    write_gpkg(sheets, path)


def _parquet(sheets: Sequence[Sheet], path: Path, _zone: tzinfo, _told: Advance) -> None:
    from heatmaps.insight.geo_files import write_parquet

    write_parquet(sheets[0], path)


FORMATS = {
    ".csv": Format(_csv, holds_many=False),
    ".xlsx": Format(_xlsx, holds_many=True),
    ".geojson": Format(_geojson, holds_many=False),
    ".gpkg": Format(_gpkg, holds_many=True),
    ".parquet": Format(_parquet, holds_many=False),
}
"""One writer a suffix."""

SUFFIXES = tuple(FORMATS)


def _silent(_done: int, _total: int) -> None:
    """Tell nobody."""


def check_suffix(path: Path) -> Format:
    """Give the format of a file's suffix; UsageError where there is none."""
    known = FORMATS.get(path.suffix.casefold())
    if known is None:
        message = f"{path.name} has no known format; end it with {', '.join(SUFFIXES)}."
        raise UsageError(message)
    return known


def write_sheets(
    sheets: Sequence[Sheet], path: Path, zone: tzinfo = UTC, advance: Advance = _silent
) -> list[Path]:
    """Write the sheets and give the files made, `path` first.

    A format that holds one table takes the first sheet; each further one goes to a file beside it:
    kpi.csv, kpi.backlog.csv. Text formats have their times in UTC, XLSX in `zone`. All is written
    aside and then moved into place. UsageError for an unknown suffix or what the format cannot
    hold, FileError where no file can be made.
    """
    from pyogrio.errors import DataLayerError, DataSourceError

    known = check_suffix(path)
    targets = _targets(sheets, path, known)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{path.stem}.", dir=path.parent) as aside:
            for target, content in targets.items():
                known.write(content, Path(aside, target.name), zone, advance)
            for target in targets:
                Path(aside, target.name).replace(target)
    except (OSError, DataSourceError, DataLayerError) as error:
        reason = getattr(error, "strerror", None) or error
        message = f"{path} cannot be written: {reason}; choose another place."
        raise FileError(message) from error
    return list(targets)


def sheets_as_bytes(sheets: Sequence[Sheet], suffix: str, zone: tzinfo = UTC) -> bytes:
    """Give the file for a download; UsageError where its format cannot hold so many sheets."""
    known = check_suffix(Path(f"download{suffix}"))
    if len(sheets) > 1 and not known.holds_many:
        message = f"{suffix} holds one table, not {len(sheets)}; use .xlsx or .gpkg."
        raise UsageError(message)
    with tempfile.TemporaryDirectory(prefix="heatmaps-") as folder:
        path = Path(folder, f"{sheets[0].name}{suffix}")
        known.write(sheets, path, zone, _silent)
        return path.read_bytes()


def _targets(sheets: Sequence[Sheet], path: Path, known: Format) -> dict[Path, Sequence[Sheet]]:
    if known.holds_many or len(sheets) == 1:
        return {path: sheets}
    first, *others = sheets
    beside = {path.with_name(f"{path.stem}.{s.name}{path.suffix}"): [s] for s in others}
    return {path: [first], **beside}
