"""The measured steps as a table, and side by side as what a user waits for."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from heatmaps.processes import processors
from pipelines.bench_pipeline import journey

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.bench_pipeline.journey import Asked, Part

HEADER = f"{'':37} {'wall s':>8} {'CPU s':>8} {'peak MB':>8}  what came of it"

_WAITS = {
    "from CSV to spots": (journey.INGEST, journey.DETECT),
    "the same file again": (journey.AGAIN,),
    f"{journey.LATER:,} more to spots": (journey.MORE, journey.HOUR_MORE),
}
_NAIVE_DOES = "from CSV to spots"
_NOT_COUNTED = ("complaints", "located")


@dataclass(frozen=True, slots=True)
class Wait:
    """What a user waits for: some steps one after another, and the most memory one of them held.

    `located` is the share of the complaints taken in that found a place, None where none came in.
    """

    what: str
    way: str
    spelling: str
    wall_s: float
    cpu_s: float
    peak_mb: float
    located: float | None
    spots: int | None


def waits(parts: Sequence[Part]) -> list[Wait]:
    """Give the waits of each way and spelling, of the naive way the one that it has."""
    found = []
    for what, steps in _WAITS.items():
        for spelling, way in dict.fromkeys((part.spelling, part.way) for part in parts):
            own = [part for part in parts if (part.spelling, part.way) == (spelling, way)]
            naive = way == journey.NAIVE and what == _NAIVE_DOES
            some = [part for part in own if naive or part.step in steps]
            if some:
                found.append(_wait(what, way, spelling, some))
    return found


def asked_line(asked: Asked) -> str:
    """Say what is measured, and on what."""
    load = os.getloadavg()[0]
    return (
        f"{asked.complaints:,} complaints over {asked.days} days at {asked.houses:,} houses; "
        f"{processors()} processors, load {load:.1f} before it began"
    )


def part_line(part: Part) -> str:
    """Give a step's line under `HEADER`."""
    name = f"{part.spelling:<6} {part.way:<8} {part.step}"
    counts = {what: n for what, n in part.facts.items() if n and what not in _NOT_COUNTED}
    facts = [f"{count:,} {what}" for what, count in counts.items()]
    share = _located([part])
    facts += [f"{share:.2%} located"] if share is not None else []
    measured = f"{part.wall_s:8.1f} {part.cpu_s:8.1f} {part.peak_mb:8,.0f}"
    return f"{name:<37} {measured}  {', '.join(facts)}".rstrip()


def summary_lines(parts: Sequence[Part]) -> list[str]:
    """Give the waits in rows, the ways side by side, by the clock; PostGIS also to SQLite."""
    found = {(wait.what, wait.spelling, wait.way): wait for wait in waits(parts)}
    ways = list(dict.fromkeys(part.way for part in parts))
    both = {journey.SQLITE, journey.POSTGIS} <= set(ways)
    ratio = f"{'PostGIS : SQLite':>18}" if both else ""
    lines = [f"{'wall s':<30}{''.join(f'{way:>12}' for way in ways)}{ratio}"]
    for what, spelling in dict.fromkeys((what, spelling) for what, spelling, _ in found):
        row = {way: found.get((what, spelling, way)) for way in ways}
        cells = "".join(f"{_seconds(wait):>12}" for wait in row.values())
        lines.append(f"{what}, {spelling}".ljust(30) + cells + (_ratio(row) if both else ""))
    for spelling in dict.fromkeys(part.spelling for part in parts):
        held = {way: _of_way(found, spelling, way) for way in ways}
        lines += [
            f"{f'peak MB, {spelling}':<30}"
            + "".join(f"{max(w.peak_mb for w in some):>12,.0f}" for some in held.values()),
            f"{f'located, {spelling}':<30}"
            + "".join(f"{some[0].located or 0:>12.2%}" for some in held.values()),
            f"{f'spots, {spelling}':<30}"
            + "".join(f"{some[0].spots or 0:>12,}" for some in held.values()),
        ]
    return [line.rstrip() for line in lines]


def _wait(what: str, way: str, spelling: str, parts: Sequence[Part]) -> Wait:
    spots = [part.facts["spots"] for part in parts if "spots" in part.facts]
    return Wait(
        what, way, spelling, sum(part.wall_s for part in parts), sum(part.cpu_s for part in parts),
        max(part.peak_mb for part in parts), _located(parts), sum(spots) if spots else None,
    )  # fmt: skip


def _located(parts: Sequence[Part]) -> float | None:
    taken = sum(part.facts.get("new", 0) + part.facts.get("updated", 0) for part in parts)
    return sum(part.facts.get("located", 0) for part in parts) / taken if taken else None


def _of_way(found: dict[tuple[str, str, str], Wait], spelling: str, way: str) -> list[Wait]:
    return [wait for (_, of, by), wait in found.items() if (of, by) == (spelling, way)]


def _seconds(wait: Wait | None) -> str:
    return f"{wait.wall_s:,.1f}" if wait else ""


def _ratio(row: dict[str, Wait | None]) -> str:
    ours, theirs = row[journey.SQLITE], row[journey.POSTGIS]
    return f"{theirs.wall_s / ours.wall_s:>18.2f}" if ours and theirs else ""
