"""How a dry run of an intake is told: first rows, and reasons against rows."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from heatmaps.complaints.preview import Preview, Reason
    from pipelines.import_complaints import Imported

WIDTH = 160
SHOWN_ROWS = 3
VALUE_WIDTH = 30


def told_of(imported: Imported) -> str:
    """Give the mapped first rows as a table, and the reasons against rows with their counts."""
    parts = [_table(imported.preview)] if imported.preview and imported.preview.lines else []
    if imported.preview and imported.preview.date_only:
        parts.append(_days(imported.preview))
    parts += [_reason(each) for each in imported.refusals.frequent()]
    return "\n".join(parts)


def _table(preview: Preview) -> str:
    table = Table(box=None, pad_edge=False)
    for title in ("our column", "theirs", "found"):
        table.add_column(title, no_wrap=True, max_width=VALUE_WIDTH, overflow="ellipsis")
    for line in preview.lines[:SHOWN_ROWS]:
        table.add_column(f"line {line}", no_wrap=True, max_width=VALUE_WIDTH, overflow="ellipsis")
    for column in preview.columns:
        values = map(_one_line, column.values[:SHOWN_ROWS])
        table.add_row(*map(Text, (column.ours, column.theirs or "—", column.found, *values)))
    written = io.StringIO()
    Console(file=written, width=WIDTH, color_system=None).print(table)
    return "\n".join(f"  {line.rstrip()}" for line in written.getvalue().splitlines())


def _days(preview: Preview) -> str:
    return (
        f"  {preview.date_only:,} of the first {preview.looked:,} rows tell a day but no time of "
        "day and stand at midnight; should a column hold the time, join it in the profile."
    )


def _reason(reason: Reason) -> str:
    examples = "".join(f"\n      {example}" for example in reason.examples)
    return f"  {reason.count:,} × {reason.reason}{examples}"


def _one_line(value: str | None) -> str:
    return "—" if value is None else " ".join(value.split())
