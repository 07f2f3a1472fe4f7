"""Columns of written times as microseconds UTC, with what the clock change leaves in doubt."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from typing import TYPE_CHECKING

import numpy as np

from heatmaps.complaints.iso_times import read_alike
from heatmaps.complaints.profiles import EXCEL, ISO, UNIX, UNIX_MS
from heatmaps.complaints.record import ABSENT_TIME

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from numpy.typing import NDArray

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - local clock readings are counted from here
_EPOCH_UTC = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_HOUR = timedelta(hours=1)
_HOUR_US = 3_600_000_000
_DAY_US = 24 * _HOUR_US
_DATE_LENGTH = 10
_UNIX_US = {UNIX: 1_000_000, UNIX_MS: 1_000}
_SERIAL_ORIGIN_S = (datetime(1899, 12, 30) - _EPOCH) // timedelta(seconds=1)  # noqa: DTZ001 - local
_LAST_SERIAL = 2_958_466
"""Excel's number of the first day after the year 9999."""
_FIRST_US = (datetime(1, 1, 1) - _EPOCH) // _MICROSECOND  # noqa: DTZ001 - local
_LAST_US = 253_402_300_800_000_000
"""The end of the year 9999, the last a datetime can hold."""


@dataclass(frozen=True, slots=True)
class Times:
    """One column of times: `utc` int64 microseconds, `ABSENT_TIME` where absent or unreadable.

    The masks say which rows: `unreadable` has a text in no known form; `fold` is a local hour that
    the clock shows twice, taken as the first; `gap` one that it skips, taken as if the clock had
    not yet moved (PEP 495); `date_only` has no time of day and stands at midnight.
    """

    utc: NDArray[np.int64]
    unreadable: NDArray[np.bool_]
    fold: NDArray[np.bool_]
    gap: NDArray[np.bool_]
    date_only: NDArray[np.bool_]


def read_times(
    texts: Sequence[str | None], zone: ZoneInfo, formats: Sequence[str] = (ISO,)
) -> Times:
    """Read a column of times; those without an offset are of `zone`.

    `formats` are tried in order: strptime patterns, "iso" for ISO 8601, "unix" and "unix_ms" for
    seconds and milliseconds since 1970-01-01 UTC, "excel" for days since 1899-12-30, local.
    """
    rows = len(texts)
    clock = np.full(rows, ABSENT_TIME, dtype=np.int64)
    aware = np.zeros(rows, dtype=np.bool_)
    given = _given(texts)
    for pattern in formats:
        wanted = np.flatnonzero(given & (clock == ABSENT_TIME))
        if len(wanted):
            some = [texts[row] or "" for row in wanted.tolist()]
            clock[wanted], aware[wanted] = _read(some, pattern)
    read = clock != ABSENT_TIME
    date_only = np.zeros(rows, dtype=np.bool_)
    midnight = np.flatnonzero(read & (clock % _DAY_US == 0))
    date_only[midnight] = [len(texts[row] or "") <= _DATE_LENGTH for row in midnight.tolist()]
    fold, gap = np.zeros(rows, dtype=np.bool_), np.zeros(rows, dtype=np.bool_)
    local = read & ~aware
    if local.any():
        clock[local], fold[local], gap[local] = to_utc(clock[local], zone)
    return Times(clock, given & ~read, fold, gap, date_only)


def to_utc(
    local: NDArray[np.int64], zone: ZoneInfo
) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.bool_]]:
    """Turn local clock readings into UTC; give it with the masks of fold and gap.

    Both in microseconds since 1970-01-01, the one on the local clock, the other in UTC. The zone is
    asked once for each hour in which its offset does not change, and for each row only elsewhere.
    """
    hour = local // _HOUR_US
    hours = sorted(set(hour.tolist()))
    steady = np.array([_steady_offset(each, zone) for each in hours], dtype=np.int64)
    offset = steady[np.searchsorted(hours, hour)]
    fold, gap = np.zeros(len(local), dtype=np.bool_), np.zeros(len(local), dtype=np.bool_)
    for row in np.flatnonzero(offset == ABSENT_TIME).tolist():
        moment = _EPOCH + timedelta(microseconds=int(local[row]))
        first, second = _offset(moment, zone, 0), _offset(moment, zone, 1)
        offset[row] = first
        fold[row], gap[row] = first > second, first < second
    return local - offset, fold, gap


@lru_cache(maxsize=1 << 16)
def _steady_offset(hour: int, zone: ZoneInfo) -> int:
    """Give the offset of a whole local hour in microseconds; ABSENT_TIME where it changes."""
    start = _EPOCH + hour * _HOUR
    ends = (start, start + (_HOUR - _MICROSECOND))
    offsets = {_offset(moment, zone, fold) for moment in ends for fold in (0, 1)}
    return offsets.pop() if len(offsets) == 1 else ABSENT_TIME


def _offset(moment: datetime, zone: ZoneInfo, fold: int) -> int:
    offset = moment.replace(tzinfo=zone, fold=fold).utcoffset()
    return 0 if offset is None else offset // _MICROSECOND


def _given(texts: Sequence[str | None]) -> NDArray[np.bool_]:
    absent = texts.count(None)
    if absent in {0, len(texts)}:
        return np.full(len(texts), absent == 0)
    return np.array([text is not None for text in texts], dtype=np.bool_)


def _read(texts: list[str], pattern: str) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Give clock readings (UTC where the text says so), and which are UTC."""
    if pattern == ISO:
        return _iso(texts)
    if pattern in _UNIX_US:
        return _counted(texts, _UNIX_US[pattern])
    if pattern == EXCEL:
        return _serial(texts)
    return _parsed(texts, pattern)


def _counted(texts: list[str], unit_us: int) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Read numbers of a unit since 1970; what is no such number, or no date, is left unread."""
    import pandas as pd

    count = pd.to_numeric(pd.Series(texts), errors="coerce").to_numpy(np.float64)
    known = np.abs(count) * unit_us < _LAST_US
    clock = np.full(len(texts), ABSENT_TIME, dtype=np.int64)
    clock[known] = np.rint(count[known] * unit_us).astype(np.int64)
    return clock, known


def _serial(texts: list[str]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Read Excel's serial numbers of days to the second, the finest that six decimals tell."""
    import pandas as pd

    plain = [text.replace(",", ".", 1) for text in texts]
    days = pd.to_numeric(pd.Series(plain), errors="coerce").to_numpy(np.float64)
    known = (days >= 1) & (days < _LAST_SERIAL)
    clock = np.full(len(texts), ABSENT_TIME, dtype=np.int64)
    seconds = np.rint(days[known] * 86_400).astype(np.int64)
    clock[known] = (seconds + _SERIAL_ORIGIN_S) * 1_000_000
    return clock, np.zeros(len(texts), dtype=np.bool_)


def _iso(texts: list[str]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Read ISO 8601; give clock readings (UTC where the text has an offset) and which have one."""
    alike = read_alike(texts)
    if alike is not None:
        return _within_years(alike[0], np.full(len(texts), alike[1]))
    try:
        moments: list[datetime | None] = [datetime.fromisoformat(text) for text in texts]
    except ValueError:
        moments = [_moment(text) for text in texts]
    # Through timedelta, since NumPy takes ten times as long to convert datetimes itself.
    clock = [ABSENT_TIME if moment is None else _since_1970(moment) for moment in moments]
    aware = [moment is not None and moment.tzinfo is not None for moment in moments]
    return _within_years(np.array(clock, dtype=np.int64), np.array(aware))


def _within_years(
    clock: NDArray[np.int64], aware: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Leave out the moments that an offset leads out of the years that a datetime has."""
    clock[(clock < _FIRST_US) | (clock >= _LAST_US)] = ABSENT_TIME
    return clock, aware & (clock != ABSENT_TIME)


def _since_1970(moment: datetime) -> int:
    """Give microseconds since 1970, in UTC where the moment has an offset, else on its clock."""
    return (moment - (_EPOCH if moment.tzinfo is None else _EPOCH_UTC)) // _MICROSECOND


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


@cache
def _months() -> tuple[re.Pattern[str], dict[str, str]]:
    """Give the pattern of the Russian and Kazakh names of months, and the English of each."""
    from babel.dates import get_month_names

    english = get_month_names("wide", "format", "en")
    months = {
        name.casefold(): english[number]
        for locale in ("ru", "kk")
        for context in ("format", "stand-alone")
        for number, name in get_month_names("wide", context, locale).items()
    }
    names = "|".join(sorted(map(re.escape, months), key=len, reverse=True))
    return re.compile(rf"\b(?:{names})\b", re.IGNORECASE), months


def _parsed(texts: list[str], pattern: str) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Read a strptime pattern; the same two columns as `_iso`. %B is Russian or Kazakh, too."""
    import pandas as pd

    aware = "%z" in pattern
    if "%B" in pattern:
        names, months = _months()
        texts = [names.sub(lambda found: months[found[0].casefold()], text) for text in texts]
    read = pd.to_datetime(pd.Series(texts), format=pattern, errors="coerce", utc=aware)
    naive = read.dt.tz_localize(None) if aware else read
    clock = naive.to_numpy().astype("datetime64[us]").view(np.int64)
    return clock, np.full(len(texts), aware)
