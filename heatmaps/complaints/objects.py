"""Rows given as JSON objects: their values as texts, nested ones by dotted names."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from heatmaps.complaints.profiles import folded
from heatmaps.quarantine import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from heatmaps.complaints.profiles import Profile

OVERFLOW = ""
"""In a raw row: the name of what fits no column: fields beyond the header as a list, or the text
of a whole line that is no JSON object."""

MAX_DEPTH = 8
"""Objects within objects are looked into so deep; what lies deeper is one nested value."""

_EXACT = 2**53
"""Whole numbers up to here are exact in a double."""


@dataclass(frozen=True, slots=True)
class ObjectRows:
    """Rows that are objects with values of their own; a name that one lacks is empty in it."""

    header: tuple[str, ...]
    line: Sequence[int]
    objects: Sequence[Mapping[str, object]]
    given: Sequence[str | Mapping[str, object]]
    refused: list[Refused]

    def texts(self, place: int) -> list[str]:
        """Give a column."""
        name = self.header[place]
        return [as_text(each.get(name)) for each in self.objects]

    def raw(self, position: int) -> str:
        """Give a row as the file had it."""
        return _written(self.given[position])


def object_rows(
    profile: Profile,
    lines: Sequence[int],
    objects: Sequence[Mapping[str, object]],
    header: tuple[str, ...] | None = None,
    raw: Sequence[str] | None = None,
) -> ObjectRows:
    """Give objects as rows, without those that the profile cannot read, which are refused.

    `header` are the names of the whole file where it is known; `raw` the lines as they were.
    """
    flat = [flattened(_unwrapped(each)) for each in objects]
    names = header if header is not None else leaf_names(flat)
    judged, used = sorted(profile.judged(names)), profile.used(names)
    spelling = _Spelling(names)
    twice = [spelling.repeated(each, used) for each in flat]
    flat = [spelling.of(each) for each in flat]
    given = objects if raw is None else raw
    good: list[int] = []
    refused: list[Refused] = []
    for position, each in enumerate(flat):
        fault = _fault(each, judged) or twice[position]
        if fault is None:
            good.append(position)
        else:
            refused.append(Refused(lines[position], fault, _written(given[position])))
    return ObjectRows(
        names,
        [lines[position] for position in good],
        [flat[position] for position in good],
        [given[position] for position in good],
        refused,
    )


def flattened(given: Mapping[str, object]) -> Mapping[str, object]:
    """Give an object with what lies in its objects under dotted names as well: ``via.channel``."""
    if dict not in map(type, given.values()):
        return given
    flat: dict[str, object] = {}
    _flatten(given, "", flat, MAX_DEPTH)
    return flat


def leaf_names(objects: Iterable[Mapping[str, object]]) -> tuple[str, ...]:
    """Give the names of flattened objects under which values stand, in order of appearance.

    Names are compared caseless; of several spellings the first is given.
    """
    names: dict[str, str] = {}
    for each in objects:
        for name, value in each.items():
            if name != OVERFLOW and not (isinstance(value, dict) and value):
                names.setdefault(folded(name), name)
    return tuple(names.values())


def as_text(value: object) -> str:
    """Give a JSON value as a CSV would hold it: a whole number without ".0", nothing for null."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, float):
        return number_as_text(value)
    if isinstance(value, int):
        return str(value).lower()
    return json.dumps(value, ensure_ascii=False)


def number_as_text(number: float, exact: int = _EXACT) -> str:
    """Give the shortest exact text of a number; 7.0 is 7.

    Whole numbers beyond `exact` may be others rounded, and are told in powers of ten, never as ids.
    """
    if not number.is_integer():
        return repr(number)
    return str(int(number)) if abs(number) <= exact else np.format_float_scientific(number)


def broken_line(text: str) -> str:
    """Give the raw row of a line that is no JSON object."""
    return json.dumps({OVERFLOW: text}, ensure_ascii=False)


def read_object(text: str) -> dict[str, Any] | str:
    """Give the object of a line, or one sentence that says why there is none."""
    try:
        value = _DECODER.decode(text)
    except _RepeatedNameError as error:
        return f"The line names {str(error)!r:.80} twice; rename or remove all but one."
    except json.JSONDecodeError as error:
        return f"The line is no JSON ({error.msg}, column {error.colno}); export it again."
    except ValueError:
        return "The line holds a whole number of thousands of digits; write it as a text."
    except RecursionError:
        return "The line is JSON nested too deeply; export it as one flat object."
    if not isinstance(value, dict):
        return "The line is JSON but no object; write one object with named values a line."
    return value


def _unwrapped(given: Mapping[str, object]) -> Mapping[str, object]:
    """Give what a line that was kept whole holds, should it be readable after all."""
    text = given.get(OVERFLOW)
    found = read_object(text) if isinstance(text, str) and len(given) == 1 else None
    return found if isinstance(found, dict) else given


def _flatten(given: Mapping[str, object], start: str, flat: dict[str, object], depth: int) -> None:
    for name, value in given.items():
        flat[start + name] = value
        if isinstance(value, dict) and depth:
            _flatten(value, f"{start}{name}.", flat, depth - 1)


class _Spelling:
    """The names of a file, each in one spelling, whatever its case in an object."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = frozenset((*names, OVERFLOW))
        self._spelt = {folded(name): name for name in names}

    def of(self, flat: Mapping[str, object]) -> Mapping[str, object]:
        if flat.keys() <= self._names:
            return flat
        return {self._one(name): value for name, value in flat.items()}

    def repeated(self, flat: Mapping[str, object], used: set[str]) -> str | None:
        """Say that an object has a name in use in two spellings: which is meant, nobody knows."""
        if flat.keys() <= self._names:
            return None
        times = Counter(map(self._one, flat))
        name = next((name for name in used if times[name] > 1), None)
        return name and f"The row has {name!r} in two spellings; rename or remove all but one."

    def _one(self, name: str) -> str:
        return name if name in self._names else self._spelt.get(folded(name), name)


def _fault(flat: Mapping[str, object], used: Sequence[str]) -> str | None:
    beyond = flat.get(OVERFLOW)
    if isinstance(beyond, str) and len(flat) == 1:
        return str(read_object(beyond))
    if isinstance(beyond, list) and beyond:
        return "The row has fields beyond the header; quote a text that holds the delimiter."
    nested = next((name for name in used if type(flat.get(name)) in _NESTED), None)
    if nested is None:
        return None
    return (
        f"{nested} holds a nested value; name in the profile what lies in it, such as "
        f"{nested}.name, or export it flat."
    )


def _written(given: str | Mapping[str, object]) -> str:
    return given if isinstance(given, str) else json.dumps(given, ensure_ascii=False)


_NESTED = (dict, list)


class _RepeatedNameError(Exception):
    """An object has this name twice."""


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise _RepeatedNameError(Counter(name for name, _ in pairs).most_common(1)[0][0])
    return made


_DECODER = json.JSONDecoder(parse_constant=str, object_pairs_hook=_once)
