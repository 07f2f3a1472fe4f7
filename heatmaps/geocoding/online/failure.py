"""Why a provider gave no answer, and whether to try again."""

from __future__ import annotations

from dataclasses import dataclass

from geopy.adapters import AdapterHTTPError, get_retry_after
from geopy.exc import (
    GeocoderParseError,
    GeocoderRateLimited,
    GeocoderTimedOut,
    GeocoderUnavailable,
    GeopyError,
)

EXPECTED = (GeopyError, AdapterHTTPError, LookupError, TypeError, ValueError, AttributeError)
"""What asking a provider may raise: geopy's own, and what reading an odd answer stumbles over."""

_TOO_MANY = 429
_SERVER_ERROR = 500
_REFUSALS = {401, 402, 403, 407}
_REDIRECTS = range(300, 400)


@dataclass(frozen=True, slots=True)
class Failure:
    """One request that brought no answer.

    A `passing` one is worth another try, after `retry_after_s` where the provider said so; after
    a `refusal` (key, payment, rights) every other question would fail alike.
    """

    reason: str
    passing: bool = False
    refusal: bool = False
    retry_after_s: float | None = None


def failure_of(error: Exception) -> Failure:
    """Give what an error of `EXPECTED` means; its words never hold a key or an address."""
    status = _status(error)
    if status is not None:
        return _of_status(*status)
    if isinstance(error, GeocoderRateLimited):
        return Failure("too many requests (429)", passing=True, retry_after_s=error.retry_after)
    if isinstance(error, GeocoderTimedOut):
        return Failure(str(error) or "no answer in time", passing=True)
    if isinstance(error, GeocoderUnavailable):
        return Failure(f"no connection ({error})", passing=True)
    if isinstance(error, GeocoderParseError):
        return Failure(str(error))
    return Failure("the answer lacks what a place needs")


def _status(error: Exception) -> tuple[int, float | None] | None:
    """Give the status of the response behind an error, and how long it asks to wait."""
    cause = error if isinstance(error, AdapterHTTPError) else error.__cause__
    if not isinstance(cause, AdapterHTTPError):
        return None
    return cause.status_code, get_retry_after(cause.headers)


def _of_status(status: int, retry_after_s: float | None) -> Failure:
    if status == _TOO_MANY:
        return Failure("too many requests (429)", passing=True, retry_after_s=retry_after_s)
    if status >= _SERVER_ERROR:
        return Failure(f"status {status}", passing=True, retry_after_s=retry_after_s)
    if status in _REFUSALS:
        return Failure(f"status {status}: the key, its rights or its payment", refusal=True)
    if status in _REDIRECTS:
        return Failure(f"status {status}, a redirect, which is not followed")
    return Failure(f"status {status}")
