"""Classes of priority and of counts, and their colours: cividis, the darker the more.

cividis reads alike with and without colour blindness (Nuñez, Anderton, Renslow 2018,
doi:10.1371/journal.pone.0199239); on a light map dark is more. Numbers always stand beside.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

CLASS_COLOURS = ("#ffea46", "#bcaf6f", "#7c7b78", "#414d6b", "#00204d")
"""Fill of each class from least to most."""

CLASS_INKS = ("#1b2430", "#1b2430", "#ffffff", "#ffffff", "#ffffff")
"""Text on each fill."""

PRIORITY_BREAKS = (20.0, 40.0, 80.0, 160.0)
"""Points where a class of priority begins: priority is a sum, so classes double."""

COUNT_BREAKS = (2.0, 4.0, 8.0, 16.0)
"""Complaints in a cell where a class begins."""


def class_of(value: float, breaks: Sequence[float]) -> int:
    """Give the class, 0 to len(breaks); a value on a break belongs above it."""
    return bisect_right(breaks, value)


def class_ranges(breaks: Sequence[float]) -> tuple[tuple[float | None, float | None], ...]:
    """Give each class as (from, below), None where it is open."""
    return tuple(pairwise((None, *breaks, None)))
