"""The manager's figures out of the store."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from heatmaps.errors import UsageError
from heatmaps.insight.kpi_sheets import sheets_of
from heatmaps.insight.period import PILL_DAYS, Period, Pill
from heatmaps.insight.scene import scene_of
from heatmaps.store.region import load_territories
from heatmaps.store.timelines import Filters, load_timelines

if TYPE_CHECKING:
    from datetime import date, datetime, tzinfo

    from heatmaps.insight.sheets import Sheet
    from heatmaps.store.engine import Store


def kpi_sheets(
    store: Store, period: Period, now: datetime, filters: Filters | None = None
) -> list[Sheet]:
    """Give the figures of a period as of `now`, then what they are made of, as sheets."""
    with store.reading() as connection:
        spots = load_timelines(connection, period.since, filters or Filters())
        names = {each.territory_id: each.name for each in load_territories(connection)}
    return sheets_of(scene_of(spots, period, now), period, names)


def whole_days(
    since: datetime | None, until: datetime | None, now: datetime, zone: tzinfo
) -> Period:
    """Give the period between two moments, by default the 28 days up to today.

    UsageError for a moment within a day: figures are about whole days of the region.
    """
    end = _day(until, zone, "--to") if until else now.astimezone(zone).date() + timedelta(days=1)
    first = _day(since, zone, "--from") if since else end - timedelta(PILL_DAYS[Pill.MONTH])
    return Period(first, end, zone)


def _day(moment: datetime, zone: tzinfo, option: str) -> date:
    local = moment.astimezone(zone)
    if (local.hour, local.minute, local.second, local.microsecond) != (0, 0, 0, 0):
        message = (
            f"{option} {local.isoformat()} lies within a day, and the figures are about whole "
            f"days of {zone}; name a date such as {local.date()}."
        )
        raise UsageError(message)
    return local.date()
