"""What pages and API work with: the open store, the geocoder over it, the zone and the language.

Opened once a process, when first asked for; a store that cannot be opened is tried again at the
next question, so that the app recovers by itself.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from heatmaps.api.models import EventAnswer, LookupAnswer, PlaceAnswer, SpotAnswer
from heatmaps.desk.answer import Asked
from heatmaps.region.technology import Technology
from heatmaps.settings import Settings, load_settings
from heatmaps.store.engine import Store, open_store
from heatmaps.store.policies import current_policy
from pipelines.check_address import GeocoderOfStore, check_address, region_zone

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from heatmaps.desk.answer import Answer
    from heatmaps.desk.card import SpotCard
    from heatmaps.geocoding.result import Suggestion

_opening = threading.Lock()


@dataclass(frozen=True, slots=True)
class Workplace:
    """An open store with all that pages and API ask of it."""

    settings: Settings
    store: Store
    geocoder: GeocoderOfStore

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the region, in which the screens tell times."""
        return region_zone(self.store, self.settings.zone)

    def check(self, address: str, city: str | None, asked: Asked) -> Answer:
        """Give what an agent sees and says for an address."""
        return check_address(self.store, self.geocoder, address, city, asked)


def workplace() -> Workplace:
    """Give the workplace of this process; StoreError where its store cannot be opened."""
    settings = load_settings()
    with _opening:
        return _opened(settings)


@lru_cache(maxsize=1)
def _opened(settings: Settings) -> Workplace:
    store = open_store(settings.database_url)
    return Workplace(
        settings, store, GeocoderOfStore(store, settings.default_city, settings.cache_dir)
    )


def clock() -> datetime:
    """Give the present moment, UTC."""
    return datetime.now(UTC)


def require_ready() -> None:
    """Raise the HeatmapsError that says why addresses cannot be answered, if so."""
    with workplace().store.reading() as connection:
        current_policy(connection)


def suggest(text: str, limit: int) -> list[Suggestion]:
    """Give completions of an address being typed."""
    return workplace().geocoder.current().suggest(text, limit)


def look_up(address: str, city: str | None, technology: Technology | None = None) -> LookupAnswer:
    """Give what an agent sees for an address, as the API tells it."""
    place = workplace()
    asked = Asked(clock(), place.zone, place.settings.locale, technology)
    answer = place.check(address, city, asked)
    return LookupAnswer(
        place=PlaceAnswer.model_validate(answer.geocoded),
        verdict=answer.verdict,
        certain=answer.certain,
        control_at=answer.control_at,
        spots=(_told(answer.spot, 0.0),) if answer.spot else (),
        nearest=tuple(_told(near.card, near.distance_m) for near in answer.near),
        events=tuple(EventAnswer.model_validate(event) for event in answer.events),
        covered={Technology(name): held for name, held in answer.covered.items()},
        script=answer.sentence,
    )


def _told(card: SpotCard, distance_m: float) -> SpotAnswer:
    work = card.work
    return SpotAnswer.model_validate(
        {
            "spot_id": card.spot_id,
            "status": work.status,
            "signal": card.signal,
            "topic": card.topic,
            "cause": work.cause,
            "opened_at": card.opened_at,
            "eta": work.eta,
            "priority": card.priority,
            "distance_m": distance_m,
        }
    )
