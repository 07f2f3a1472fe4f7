"""Times in ISO 8601 of one shape, as a CRM writes them, read as a column of bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_SECOND_US = 1_000_000
_MINUTE_US = 60 * _SECOND_US
_HOUR_US = 60 * _MINUTE_US
_DAY_US = 24 * _HOUR_US
_MONTHS, _DAYS, _HOURS, _SIXTY, _HUNDRED = 12, 31, 24, 60, 100
_DATE = "0000-00-00"
_MOMENT = f"{_DATE}T00:00:00"
_SHAPES = {len(shape): shape for shape in (_DATE, _MOMENT, f"{_MOMENT}Z", f"{_MOMENT}+00:00")}
"""The shapes read here, by their length; 0 stands for any digit, T for a blank too, + for -."""

_ALSO = {"T": "T ", "+": "+-"}
_ZERO, _NINE = ord("0"), 9


class _UnlikeError(ValueError):
    """These texts must be read one by one."""


def read_alike(texts: Sequence[str]) -> tuple[NDArray[np.int64], bool] | None:
    """Give microseconds since 1970, and whether they are UTC rather than a local clock's.

    None where the texts are not all of one shape that is read here, or one of them is no date: then
    they must be read one by one. What is read is what `datetime.fromisoformat` reads.
    """
    try:
        letters, shape = _letters(texts)
        clock = _days(letters) * _DAY_US
        if shape != _DATE:
            second = _number(letters, len(_MOMENT) - 2, _SIXTY)
            clock += _since_midnight(letters, len(_DATE) + 1) + second * _SECOND_US
        if not shape.endswith("+00:00"):
            return clock, shape.endswith("Z")
        ahead = _since_midnight(letters, len(_MOMENT) + 1)
        return clock - np.where(letters[:, len(_MOMENT)] == ord("-"), -ahead, ahead), True
    except _UnlikeError:
        return None


def _letters(texts: Sequence[str]) -> tuple[NDArray[np.uint8], str]:
    """Give the texts as rows of ASCII, and the shape that all of them have."""
    shape = _SHAPES.get(len(texts[0])) if texts else None
    if shape is None or set(map(len, texts)) != {len(shape)}:
        raise _UnlikeError
    joined = "".join(texts)
    if not joined.isascii():
        raise _UnlikeError
    letters = np.frombuffer(joined.encode(), dtype=np.uint8).reshape(-1, len(shape))
    for place, sign in enumerate(shape):
        column = letters[:, place]
        fits = [column == ord(each) for each in _ALSO.get(sign, sign)]
        if sign != "0" and not np.logical_or.reduce(fits).all():
            raise _UnlikeError
    return letters, shape


def _days(letters: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Give days since 1970 of the dates that the rows begin with."""
    century, of_century = _number(letters, 0, _HUNDRED), _number(letters, 2, _HUNDRED)
    year = century * _HUNDRED + of_century
    month, day = _number(letters, 5, _MONTHS + 1), _number(letters, 8, _DAYS + 1)
    months = ((year - 1970) * _MONTHS + month - 1).astype("datetime64[M]")
    first, after = (each.astype("datetime64[D]").astype(np.int64) for each in (months, months + 1))
    days: NDArray[np.int64] = first + day - 1
    if (year < 1).any() or (month < 1).any() or (day < 1).any() or (days >= after).any():
        raise _UnlikeError
    return days


def _since_midnight(letters: NDArray[np.uint8], start: int) -> NDArray[np.int64]:
    """Give microseconds of the hours and minutes that stand at a place."""
    hour, minute = _number(letters, start, _HOURS), _number(letters, start + 3, _SIXTY)
    return hour * _HOUR_US + minute * _MINUTE_US


def _number(letters: NDArray[np.uint8], start: int, below: int) -> NDArray[np.int64]:
    """Give the numbers of two digits that stand at a place, all of them below a limit."""
    tens, ones = (letters[:, place] - np.uint8(_ZERO) for place in (start, start + 1))
    number = tens.astype(np.int64) * 10 + ones
    if (tens > _NINE).any() or (ones > _NINE).any() or (number >= below).any():
        raise _UnlikeError
    return number
