"""In which forms the times of a column are written, tried over its values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np

from heatmaps.complaints.profiles import EXCEL, ISO, UNIX, UNIX_MS
from heatmaps.complaints.times import read_times

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

MAX_FORMATS = 4
"""Forms that one column may mix."""

_DATES = ("%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y.%m.%d", "%Y/%m/%d",
          "%d.%m.%y", "%d/%m/%y", "%m/%d/%y", "%d-%b-%Y", "%d %b %Y", "%b %d, %Y", "%d-%b-%y",
          "%d %B %Y", "%d %B %Y г.")  # fmt: skip
_CLOCKS = ("", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f", ", %H:%M", ", %H:%M:%S", "T%H:%M:%S",
           " %I:%M %p", " %I:%M:%S %p", " %H:%M:%S %z", " %H:%M %z")  # fmt: skip
PATTERNS = tuple(date + clock for date, clock in product(_DATES, _CLOCKS))
_EXCHANGED = {"%d/%m/%Y": "%m/%d/%Y", "%d/%m/%y": "%m/%d/%y", "%d-%m-%Y": "%m-%d-%Y"}
_SWAPPED = _EXCHANGED | {theirs: ours for ours, theirs in _EXCHANGED.items()}
_DATED = re.compile(r"(?=.*\d)(?=.{6,40}$)[\d\w.,:/+\- ]+")
_SECONDS, _MILLISECONDS = re.compile(r"1[1-9]\d{8}(?:\.\d+)?"), re.compile(r"1[1-9]\d{11}")
_SERIAL = re.compile(r"(?:3[6-9]|4\d|5[0-4])\d{3}(?:[.,]\d+)?")
"""Days as Excel counts them, 1998 to 2050."""
_OFFSET = re.compile(r"(?:Z|[+-]\d\d:?\d\d)$")
_FEW = 60
_ZONE = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Moments:
    """How the times of a column are written.

    `formats` in the order to try them; `share` of the different values that they read; `swapped`
    is the form with day and month exchanged where it reads as many: nothing tells which is meant.
    `naive` is the share that names no offset from UTC.
    """

    formats: tuple[str, ...] = ()
    share: float = 0.0
    swapped: str | None = None
    naive: float = 0.0


def read_moments(texts: Sequence[str]) -> Moments:
    """Find the forms of a column's different values; none where few of them are times."""
    counted = _counted(texts)
    if counted:
        return Moments((counted,), 1.0, naive=float(counted == EXCEL))
    left = [text for text in texts if _DATED.fullmatch(text)]
    if not left or 2 * len(left) < len(texts):
        return Moments()
    formats: list[str] = []
    swapped = None
    while left and len(formats) < MAX_FORMATS:
        form, read = _best(left)
        if form is None:
            break
        formats.append(form)
        swapped = swapped or _exchanged(form, left, read)
        left = [text for text, known in zip(left, read.tolist(), strict=True) if not known]
    unread = len(left) + len(texts) - sum(1 for text in texts if _DATED.fullmatch(text))
    naive = sum(1 for text in texts if not _OFFSET.search(text)) / len(texts)
    return Moments(tuple(formats), 1 - unread / len(texts), swapped, naive if formats else 0.0)


def _counted(texts: Sequence[str]) -> str | None:
    """Give the count that all values can be, if there are any."""
    counts = {UNIX: _SECONDS, UNIX_MS: _MILLISECONDS, EXCEL: _SERIAL}
    known = (form for form, count in counts.items() if texts and all(map(count.fullmatch, texts)))
    return next(known, None)


def _best(texts: list[str]) -> tuple[str | None, NDArray[np.bool_]]:
    """Give the form that reads most values; of equal ones the first of the list, day first."""
    few = texts[:: max(len(texts) // _FEW, 1)]
    hopeful = [form for form in (ISO, *PATTERNS) if _read(few, form).any()]
    # Who writes the hours up to twelve is likely to write the month first, too.
    hopeful.sort(key=lambda form: "%p" in form and not form.startswith("%m"))
    found = [(form, _read(texts, form)) for form in hopeful]
    if not found:
        return None, np.zeros(len(texts), dtype=np.bool_)
    return max(found, key=lambda each: int(each[1].sum()))


def _exchanged(form: str, texts: list[str], read: NDArray[np.bool_]) -> str | None:
    """Give the form with day and month exchanged where it reads whatever this one reads."""
    date = next((date for date in _SWAPPED if form.startswith(date)), None)
    if date is None:
        return None
    other = form.replace(date, _SWAPPED[date])
    return other if bool((_read(texts, other) == read).all()) else None


def _read(texts: list[str], form: str) -> NDArray[np.bool_]:
    """Say which values a form reads as a time since 1990; an ISO form needs its dashes."""
    known = ~read_times(texts, _ZONE, (form,)).unreadable
    if form == ISO:
        known &= np.array([text[4:5] == "-" for text in texts])
    return known
