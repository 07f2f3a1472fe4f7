"""Which day of the week a day is like: public holidays are like none, moved days like another."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import holidays

if TYPE_CHECKING:
    from datetime import date
    from zoneinfo import ZoneInfo

HOLIDAY = 7
"""The kind of day that follows Monday, 0, to Sunday, 6."""

_FRIDAY = 4


def kind_of_day(zone: ZoneInfo, day: date) -> int:
    """Give the weekday, 0 to 6, that a day is like, or `HOLIDAY`.

    A weekend that the law makes a working day is like a Friday, the day before the rest; a day
    that is free instead is a holiday. The law is that of the country the zone is in, as package
    `holidays` knows it; a zone of no country, like UTC, or of one that it does not know, has
    weekdays only.
    """
    calendar = _calendar(zone.key or "")
    if calendar is None:
        return day.weekday()
    if day in calendar:  # asked first: it is what makes the calendar work out the year
        return HOLIDAY
    return _FRIDAY if day in calendar.weekend_workdays else day.weekday()


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
    that agree with another since 1970; these stand in the older one alone.
    """
    found: dict[str, str] = {}
    for table in ("zone.tab", "zone1970.tab"):
        text = files("tzdata").joinpath("zoneinfo", table).read_text(encoding="utf-8")
        rows = (line.split("\t") for line in text.splitlines() if not line.startswith("#"))
        found |= {row[2]: row[0].split(",")[0] for row in rows}
    return found
