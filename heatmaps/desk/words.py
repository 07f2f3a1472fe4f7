"""Words with fixed values that people and rules put on a spot."""

from enum import StrEnum


class Status(StrEnum):
    """Where people stand with a spot; the detector never writes it."""

    NEW = "new"
    ACKNOWLEDGED = "acknowledged"
    IN_PROGRESS = "in_progress"
    ON_HOLD = "on_hold"
    RESOLVED = "resolved"
    CONFIRMED = "confirmed"
    REOPENED = "reopened"
    REJECTED = "rejected"
    MERGED = "merged"
    SUBSIDED = "subsided"


OPEN_STATUSES = frozenset(
    {Status.NEW, Status.ACKNOWLEDGED, Status.IN_PROGRESS, Status.ON_HOLD, Status.REOPENED}
)
"""A spot in one of these waits for somebody."""

CLOSED_STATUSES = frozenset({Status.CONFIRMED, Status.REJECTED, Status.MERGED, Status.SUBSIDED})
"""A spot in one of these is over; new complaints there make another."""


class Refusal(StrEnum):
    """Why a change to a spot was not made."""

    CLOSED = "closed"
    NO_SUCH_MOVE = "no_such_move"
    TERM_PASSED = "term_passed"
    NO_CAUSE = "no_cause"
    NO_WORDS = "no_words"
    NOTHING_NEW = "nothing_new"
    OVERTAKEN = "overtaken"


class Cause(StrEnum):
    """Why connection was bad. `ORDERED_RESTRICTION` is never counted as a fault of the network."""

    EMERGENCY = "emergency"
    PLANNED_WORK = "planned_work"
    POWER = "power"
    TRANSPORT_LINE = "transport_line"
    EQUIPMENT = "equipment"
    OVERLOAD = "overload"
    INTERFERENCE = "interference"
    NO_COVERAGE = "no_coverage"
    ORDERED_RESTRICTION = "ordered_restriction"
    THIRD_PARTY_SERVICE = "third_party_service"
    CUSTOMER_DEVICE = "customer_device"
    ACCOUNT = "account"
    UNKNOWN = "unknown"
