"""What the manager's page shows of the store, read at most once in a short while."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from heatmaps.complaints.record import Topic
from heatmaps.insight.kpi_sheets import sheets_of
from heatmaps.insight.scene import Scene, scene_of
from heatmaps.insight.writers import sheets_as_bytes
from heatmaps.spots.record import ALL_TOPICS
from heatmaps.store import region, timelines
from heatmaps.ui.board import ground
from heatmaps.ui.workplace import workplace

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from heatmaps.insight.timeline import Timelines
    from heatmaps.region.territories import Territory
    from heatmaps.store.timelines import Filters
    from heatmaps.ui.manager.choice import Choice

FRESH_S = 30
"""Figures on the screen are at most this old."""

SETTLED_S = 300


@dataclass(frozen=True, slots=True)
class Choices:
    """What there is to choose from; territories as (id, name, depth), each below its parent."""

    territories: tuple[tuple[str, str, int], ...]
    topics: tuple[str, ...]
    queues: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """The spots of the period chosen and of the one before, as of the same moment."""

    choice: Choice
    scene: Scene
    before: Scene
    names: dict[str, str]


def choices() -> Choices:
    """Give what there is to choose from, at most `SETTLED_S` old."""
    return _choices(workplace().settings.database_url)


def read(choice: Choice, now: datetime) -> Reading:
    """Give the spots of a choice, at most `FRESH_S` old."""
    earlier = choice.period.before()
    url = workplace().settings.database_url
    spots = _spots(url, earlier.since, choice.filters)
    names = {place: name for place, name, _ in choices().territories}
    return Reading(
        choice, scene_of(spots, choice.period, now), scene_of(spots, earlier, now), names
    )


def workbook(reading: Reading) -> bytes:
    """Give the figures and all that is behind them as an XLSX file."""
    period = reading.choice.period
    return sheets_as_bytes(sheets_of(reading.scene, period, reading.names), ".xlsx", period.zone)


@st.cache_data(ttl=FRESH_S, show_spinner=False, max_entries=20)
def _spots(url: str, since: datetime, filters: Filters) -> Timelines:  # noqa: ARG001 - tells one store's from another's
    with workplace().store.reading() as connection:
        return timelines.load_timelines(connection, since, filters)


@st.cache_data(ttl=SETTLED_S, show_spinner=False)
def _choices(url: str) -> Choices:  # noqa: ARG001 - tells one store's from another's
    with workplace().store.reading() as connection:
        stored = region.load_territories(connection)
    routing = ground().policy.routing
    queues = dict.fromkeys([routing.default_queue, *(rule.queue for rule in routing.rules)])
    topics = (ALL_TOPICS, *(str(topic) for topic in Topic))
    return Choices(tuple(_below(stored, None, 0)), topics, tuple(queues))


def _below(
    stored: Sequence[Territory], parent: str | None, depth: int
) -> list[tuple[str, str, int]]:
    """Give the territories below a parent, each followed by its own."""
    found = []
    for each in sorted(stored, key=lambda one: one.name):
        if each.parent_id == parent:
            found.append((each.territory_id, each.name, depth))
            found += _below(stored, each.territory_id, depth + 1)
    return found
