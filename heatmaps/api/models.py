"""What the API takes and gives, as JSON; the words and units are those of the stages' records."""

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from heatmaps.desk.answer import Verdict
from heatmaps.desk.words import Cause, Status
from heatmaps.geocoding.result import Level
from heatmaps.region.events import EventKind
from heatmaps.region.technology import Technology
from heatmaps.spots.record import Signal

MAX_ADDRESS = 500
MAX_CITY = 200
MAX_SUGGESTIONS = 20

AddressText = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_ADDRESS)
]
CityText = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_CITY)
]
Latitude = Annotated[float, Field(description="WGS 84, decimal degrees")]
Longitude = Annotated[float, Field(description="WGS 84, decimal degrees")]


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, from_attributes=True)


class LookupRequest(_Request):
    """The address a customer names."""

    address: AddressText = Field(examples=["Большой проспект В.О., 18"])
    city: CityText | None = Field(None, examples=["Санкт-Петербург"])
    technology: Technology | None = Field(
        None, description="What the customer's device uses", examples=["5g"]
    )


class SuggestRequest(_Request):
    """What has been typed so far."""

    text: Annotated[str, StringConstraints(max_length=MAX_ADDRESS)] = Field(examples=["Большой пр"])
    limit: Annotated[int, Field(ge=1, le=MAX_SUGGESTIONS)] = 8


class ErrorAnswer(_Answer):
    """Why not, in one sentence, and what to do."""

    error: str


class SuggestionAnswer(_Answer):
    """One completion; `value` as an address leads to this very place."""

    value: str
    level: Level
    lat: Latitude
    lon: Longitude


class SuggestAnswer(_Answer):
    """Completions, the likeliest first."""

    suggestions: tuple[SuggestionAnswer, ...]


class AlternativeAnswer(_Answer):
    """Another place the address may mean."""

    label: str
    level: Level
    lat: Latitude
    lon: Longitude
    confidence: float


class PlaceAnswer(_Answer):
    """Where the address is and how well that is known."""

    level: Level
    lat: Latitude | None
    lon: Longitude | None
    uncertainty_m: float | None
    confidence: float
    normal_form: str
    matched: str
    alternatives: tuple[AlternativeAnswer, ...]


class SpotAnswer(_Answer):
    """A spot as an agent sees it; `distance_m` is 0 where the address lies in it."""

    spot_id: int
    status: Status
    signal: Signal
    topic: str
    cause: Cause | None
    opened_at: AwareDatetime
    eta: AwareDatetime | None
    priority: float
    distance_m: float


class EventAnswer(_Answer):
    """Planned work, an outage or a mass event at the address, now or soon."""

    event_id: str
    kind: EventKind
    starts_at: AwareDatetime
    ends_at: AwareDatetime | None
    text: str | None


class LookupAnswer(_Answer):
    """What an agent sees: the place, the spots there, the nearest others, the sentence to say.

    `certain` is false where the address is known so coarsely that the spot only may cover it;
    `control_at` is the term told to the caller. `covered` tells for each technology whether it is
    predicted to work at the address; one whose coverage is unknown is absent.
    """

    place: PlaceAnswer
    verdict: Verdict
    certain: bool
    control_at: AwareDatetime | None
    spots: tuple[SpotAnswer, ...]
    nearest: tuple[SpotAnswer, ...]
    events: tuple[EventAnswer, ...]
    covered: dict[Technology, bool]
    script: str
