"""A column of days beside one of times of day: together they are one of our times."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import cycle, islice
from typing import TYPE_CHECKING

from heatmaps.complaints.suggestion.columns import MOSTLY, TIMES
from heatmaps.complaints.suggestion.survey import MAX_DISTINCT, Column

if TYPE_CHECKING:
    from heatmaps.complaints.suggestion.columns import Match
    from heatmaps.complaints.suggestion.survey import Survey

_CLOCK = re.compile(r"\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?(?: ?[AaPp][Mm])?")
_COUNT = re.compile(r"\d+(?:[.,]\d+)?")


def tells_days_only(column: Column) -> bool:
    """Say whether the times of a column have no time of day."""
    known = column.moments.share >= MOSTLY
    return known and not column.share(lambda text: ":" in text or bool(_COUNT.fullmatch(text)))


def join_clocks(found: dict[str, Match], survey: Survey) -> dict[str, Match]:
    """Give the matches, those of days joined with the times of day that stand beside them.

    Beside is the column to the right, else to the left, else the only one where only one of our
    times was found.
    """
    taken = {match.column.name for match in found.values()}
    clocks = [
        place
        for place, column in enumerate(survey.columns)
        if column.filled and column.name not in taken and column.share(_is_clock) >= MOSTLY
    ]
    alone = len(clocks) == 1 and len(found.keys() & set(TIMES)) == 1
    joined = dict(found)
    for ours in (ours for ours in TIMES if ours in found and tells_days_only(found[ours].column)):
        days = survey.columns.index(found[ours].column)
        beside = [place for place in (days + 1, days - 1) if place in clocks]
        place = next(iter(beside or (clocks if alone else [])), None)
        if place is not None:
            clocks.remove(place)
            clock = survey.columns[place]
            names = (found[ours].column.name, clock.name)
            whole = _together(found[ours].column, clock)
            joined[ours] = replace(found[ours], column=whole, parts=names)
    return joined


def _is_clock(text: str) -> bool:
    return _CLOCK.fullmatch(text) is not None


def _together(days: Column, clocks: Column) -> Column:
    """Give a column of days with times of day, as many as there are of either, to try forms on."""
    count = min(max(len(days.values), len(clocks.values)), MAX_DISTINCT)
    pairs = islice(zip(cycle(days.values), cycle(clocks.values), strict=False), count)
    whole = Column(f"{days.name} + {clocks.name}")
    whole.add([f"{day} {clock}" for day, clock in pairs])
    if clocks.filled < days.filled:
        whole.add(list(days.values)[:MAX_DISTINCT])
    return whole
