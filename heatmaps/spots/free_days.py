"""Which day of the week a day is like: public holidays are like none, moved days like another."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import holidays

if TYPE_CHECKING:
    from datetime import date
    from zoneinfo import ZoneInfo

HOLIDAY = 7
"""The kind of day that follows Monday, 0, to Sunday, 6."""

SUNDAY = 6
_DAY = timedelta(days=1)


def kind_of_day(zone: ZoneInfo, day: date) -> int:
    """Give the weekday, 0 to 6, that a day is like, or `HOLIDAY`.

    A day off that the law makes a working day is like the last working day of a week where
    another day off follows, else like the day that follows; a day that is free instead is a
    holiday. The law is that of the country the zone is in, as package `holidays` knows it; a zone
    of no country, like UTC, or of one that it does not know, has weekdays only.
    """
    calendar = _calendar(zone.key or "")
    if calendar is None:
        return day.weekday()
    if day in calendar:  # asked first: it is what makes the calendar work out the year
        return HOLIDAY
    if day not in calendar.weekend_workdays:
        return day.weekday()
    like = day + _DAY
    while not calendar.is_working_day(like) or calendar.is_weekend(like):
        like -= _DAY
    return like.weekday()


def day_of_rest(zone: ZoneInfo, day: date) -> int:
    """Give the weekday on which a weekend about that day ends: Saturday in Israel, else Sunday."""
    calendar = _calendar(zone.key or "")
    if calendar is None:
        return SUNDAY
    week = (day + number * _DAY for number in range(7))
    return max((one.weekday() for one in week if calendar.is_weekend(one)), default=SUNDAY)


@cache
def _calendar(zone: str) -> holidays.HolidayBase | None:
    """Give the calendar of the country a zone is in, None where there is none."""
    country = _countries().get(zone)
    try:
        return holidays.country_holidays(country) if country else None
    except NotImplementedError:
        return None


@cache
def _countries() -> dict[str, str]:
    """Give the ISO 3166 code of the country of each zone, as the time zone database has it.

    Its newer table names the country first whose clocks a zone follows, but leaves out zones
    that agree with another since 1970; these stand in the older one alone. Other names that a zone
    has or had, like W-SU and Europe/Kiev, are links to those.
    """
    found: dict[str, str] = {}
    for table in ("zone.tab", "zone1970.tab"):
        rows = (line.split("\t") for line in _lines(table) if not line.startswith("#"))
        found |= {row[2]: row[0].split(",")[0] for row in rows}
    links = (line.split() for line in _lines("tzdata.zi") if line.startswith("L "))
    return {name: found[zone] for _, zone, name in links if zone in found} | found


def _lines(table: str) -> list[str]:
    text = files("tzdata").joinpath("zoneinfo", table).read_text(encoding="utf-8")
    return text.splitlines()
