"""What an intake makes of a file, to look at before it is kept: first rows, and what is refused."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from heatmaps.complaints.profiles import COLUMNS, EXTRA_COLUMNS, ISO, PAIRS, folded
from heatmaps.complaints.rows import EXTRA
from heatmaps.complaints.times import read_times

if TYPE_CHECKING:
    from collections.abc import Iterable

    from heatmaps.complaints.profiles import Profile
    from heatmaps.complaints.readers import CheckedFile
    from heatmaps.complaints.rows import RowBatch
    from heatmaps.quarantine import Refused

PREVIEW_ROWS = 5
EXAMPLES = 3
MAX_SHOWN = 60
"""Characters of a value that are shown."""

MASK = "•••"

_HIDDEN = frozenset(("name", "contact"))
_SHOWN_IN_REASON = 80
_CUT = rf"""['"].{{{_SHOWN_IN_REASON - 1}}}"""
_VALUE = re.compile(
    rf"""(?<=\s)(?:'(?:[^'\\]|\\.)*'(?=[\s,])|"(?:[^"\\]|\\.)*"(?=[\s,])|{_CUT}|None\b)"""
)
"""A value quoted in a reason: whole, or cut off after so many characters."""


@dataclass(frozen=True, slots=True)
class PreviewColumn:
    """A column of ours as it came out: where it was found, and its values in the first rows."""

    ours: str
    theirs: str | None
    found: str
    values: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """The first rows of a file after mapping, by columns; `lines` say where the rows stand.

    Of the `looked` first rows `date_only` tell a day but no time of day.
    """

    lines: tuple[int, ...]
    columns: tuple[PreviewColumn, ...]
    looked: int
    date_only: int


@dataclass(slots=True)
class Reason:
    """Why rows were refused, values aside: how many, and the first with their lines."""

    reason: str
    count: int = 0
    examples: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Refusals:
    """The reasons against the rows of a file, each once."""

    by_kind: dict[str, Reason] = field(default_factory=dict)

    def add(self, refused: Iterable[Refused]) -> None:
        """Count more rows."""
        for row in refused:
            kind = _VALUE.sub("…", row.reason)
            found = self.by_kind.setdefault(kind, Reason(kind))
            found.count += 1
            if len(found.examples) < EXAMPLES:
                found.examples.append(f"line {row.line}: {row.reason}")

    def frequent(self) -> tuple[Reason, ...]:
        """Give the reasons, the most frequent first."""
        return tuple(sorted(self.by_kind.values(), key=lambda each: -each.count))


def preview(checked: CheckedFile, batch: RowBatch, rows: int = PREVIEW_ROWS) -> Preview:
    """Give the first rows of a batch as they were mapped; names, contacts and extras are masked."""
    columns = tuple(
        PreviewColumn(ours, *_found(checked, ours), tuple(_shown(ours, v) for v in values[:rows]))
        for ours, values in sorted(batch.columns.items(), key=lambda each: _place(checked, each[0]))
    )
    formats = tuple(dict.fromkeys((*checked.profile.time_formats, ISO)))
    days = read_times(batch.column("created_at"), ZoneInfo("UTC"), formats).date_only
    return Preview(tuple(batch.line[:rows].tolist()), columns, len(batch), int(days.sum()))


def _place(checked: CheckedFile, ours: str) -> int:
    """Give the place of a column of ours among all, so that the table reads alike for any file."""
    kind = checked.profile.kind
    return [*COLUMNS[kind], *EXTRA_COLUMNS[kind], EXTRA].index(ours)


def _found(checked: CheckedFile, ours: str) -> tuple[str | None, str]:
    """Give the name of theirs that became a column of ours, and how it came to."""
    profile, header = checked.profile, checked.header
    if ours == EXTRA:
        return ", ".join(profile.keep), "kept by the profile"
    positions = profile.positions(header)
    for pair, both in PAIRS.items():
        if pair in positions and ours in both:
            return header[positions[pair][0]], f"part of {pair}"
    if ours not in positions:
        return None, "default of the profile"
    theirs = " + ".join(header[place] for place in positions[ours])
    return theirs, _how(profile, ours, theirs)


def _how(profile: Profile, ours: str, theirs: str) -> str:
    how = "named by the profile" if ours in profile.columns else "same name"
    if profile.between(ours) is not None:
        how = "joined by the profile"
    if ours not in profile.columns and folded(theirs) != theirs:
        how = "same name in another case"
    return f"{how}, values mapped" if profile.values.get(ours) else how


def _shown(ours: str, value: str | None) -> str | None:
    if value is None:
        return None
    if ours in _HIDDEN:
        return f"{value[0]}{MASK}"
    if ours == EXTRA:
        return ", ".join(f"{name}={MASK}" for name in json.loads(value))
    return value if len(value) <= MAX_SHOWN else f"{value[: MAX_SHOWN - 1]}…"
