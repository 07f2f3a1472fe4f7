"""An explanation of a spot, ready to be shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

    from heatmaps.desk.words import Cause
    from heatmaps.region.events import NetworkEvent


@dataclass(frozen=True, slots=True)
class HourCount:
    """Complaints in the hour that begins at `start`, aware UTC, against what was expected."""

    start: datetime
    observed: int
    expected: float


@dataclass(frozen=True, slots=True)
class TopicShare:
    """How many complaints of the zone had a topic since the spot began, and its shares."""

    topic: str
    complaints: int
    share: float
    usual: float


@dataclass(frozen=True, slots=True)
class Week:
    """Complaints of the zone in the seven days that begin at `start`, aware UTC."""

    start: datetime
    complaints: int


@dataclass(frozen=True, slots=True)
class EarlierSpot:
    """A spot that opened earlier where another is now, and what became of it."""

    spot_id: int
    opened_at: datetime
    topic: str
    observed: int
    status: str
    cause: str | None
    closed_at: datetime | None
    merged_into: int | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one sign says: its outcome, the number behind it, and what it adds to the odds.

    `figure` means what the function that reads the sign says it means, None where there is none;
    `log_odds` is for the cause suggested, natural logarithm, against all causes on average.
    """

    sign: str
    outcome: str
    figure: float | None
    log_odds: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """A cause and how likely the model thinks it."""

    cause: Cause
    probability: float


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A suggested cause; a suggestion never sets anything.

    `confidence` rests on `right` of `alike` past suggestions of its kind; `learnt_from` is how
    many resolved spots taught the model. `clear` is False where the confidence is below what the
    policy tells from. `others` are the next likeliest.
    """

    cause: Cause
    confidence: float
    clear: bool
    probability: float
    right: int
    alike: int
    learnt_from: int
    others: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a spot is there, as of a moment.

    Cells are H3 indexes as text; times are aware, UTC. `window_since` to `window_until` is the
    window that opened it with `observed` customers against `expected`. `week_expected` is what the
    zone usually brings in a week, by the expectation of the day it opened.
    """

    spot_id: int
    as_of: datetime
    opened_at: datetime
    topic: str
    status: str
    signal: str
    merged_into: int | None
    cause: str | None
    cells: tuple[str, ...]
    window_since: datetime
    window_until: datetime
    observed: int
    expected: float
    recurrence_days: float
    hours: tuple[HourCount, ...]
    topics: tuple[TopicShare, ...]
    customers: int
    called_again: int
    weeks: tuple[Week, ...]
    week_expected: float
    earlier: tuple[EarlierSpot, ...]
    events: tuple[NetworkEvent, ...]
    suggestion: Suggestion | None
    evidence: tuple[Evidence, ...]
    complaints: tuple[dict[str, Any], ...]
    complaints_in_all: int
