"""After a load of the gazetteer: the addresses whose answer it can have changed are asked again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

import numpy as np

from heatmaps.geocoding.changes import Affected
from heatmaps.geocoding.fingerprints import match_key
from heatmaps.geocoding.location import Source
from heatmaps.store import aliases, answers, complaints, customers
from heatmaps.store.bulk import in_parts
from heatmaps.store.complaints import COMPLAINT
from heatmaps.store.customers import CUSTOMER_ADDRESS
from heatmaps.store.default_points import default_points
from heatmaps.store.engine import lock
from heatmaps.store.gazetteer import settlement_names, street_words_but
from pipelines.place_complaints import Addressed, placed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from numpy.typing import NDArray
    from sqlalchemy import ColumnElement, Connection

    from heatmaps.geocoding.changes import Changes
    from heatmaps.geocoding.index import GazetteerIndex
    from heatmaps.store.answers import Answers
    from heatmaps.store.complaints import LocationColumns


@dataclass(slots=True)
class LookedAgain:
    """How many were looked at again, and how many of them got, changed or lost their place."""

    looked_at: int = 0
    placed: int = 0
    moved: int = 0
    lost: int = 0

    def note(self, before: dict[str, list[Any]], now: LocationColumns, rows: Iterable[int]) -> None:
        """Count what became of the places at these rows."""
        for row in rows:
            had, has = before["cell"][row] is not None, now.cell[row] is not None
            self.placed += has and not had
            self.lost += had and not has
            at = before["lat"][row], before["lon"][row]
            self.moved += had and has and at != (now.lat[row], now.lon[row])


def place_affected(
    connection: Connection, changes: Changes, geocoder: Callable[[], GazetteerIndex]
) -> tuple[LookedAgain, LookedAgain]:
    """Place complaints and customers' addresses anew whose answer the changes can have changed.

    As at intake: by address, by coordinates, or by the surer of both. Gives what became of the
    complaints and of the customers' addresses; those it did not look at stand where a look would
    have put them. The places of decisions are kept as they stand now, for the day they go.
    """
    lock(connection, "intake")
    decided = _follow_decided(connection, changes, geocoder)
    rule = _rule(connection, changes)
    points = default_points(connection)

    def look_again(stored: _Stored[Any]) -> LookedAgain:
        seen = LookedAgain()
        for page in stored.answers(connection):
            for ids in in_parts(_affected(page, rule, decided)):
                rows = stored.find(connection, stored.id.in_(ids))
                located = placed(rows, geocoder, points)
                before = stored.places(connection, ids)
                changed = _changed(before, located, rows.normal_form)
                stored.write(connection, rows, located, changed)
                seen.looked_at += len(ids)
                seen.note(before, located, changed.tolist())
        return seen

    return look_again(_COMPLAINTS), look_again(_CUSTOMERS)


class _Readdressed(Addressed, Protocol):
    """Stored rows with an address, and how it was understood."""

    @property
    def normal_form(self) -> Sequence[str | None]:
        """Give the normal forms as they are stored."""
        ...


Rows = TypeVar("Rows", bound=_Readdressed)


@dataclass(frozen=True, slots=True)
class _Stored(Generic[Rows]):
    """Where addresses are stored: how their answers are read, and their places written."""

    id: ColumnElement[int]
    answers: Callable[[Connection], Iterator[Answers]]
    find: Callable[[Connection, ColumnElement[bool]], Rows]
    places: Callable[[Connection, Sequence[int]], dict[str, list[Any]]]
    write: Callable[[Connection, Rows, LocationColumns, NDArray[np.intp]], None]


_COMPLAINTS = _Stored(
    COMPLAINT.c.id,
    answers.complaint_answers,
    complaints.replaceable,
    answers.places_of_complaints,
    complaints.write_places,
)
_CUSTOMERS = _Stored(
    CUSTOMER_ADDRESS.c.id,
    answers.customer_answers,
    customers.replaceable,
    answers.places_of_customers,
    customers.write_places,
)


def _follow_decided(
    connection: Connection, changes: Changes, geocoder: Callable[[], GazetteerIndex]
) -> set[int]:
    """Note where the decided places stand that changed; gives the fingerprints of their keys."""
    concerned = set()
    for known in aliases.decisions_in_force(connection):
        decision = known.decision
        if not decision.key or not changes.concern(decision.key):
            continue
        concerned.add(match_key(decision.key))
        place = geocoder().place_of(decision.key)
        if place is None or place.lat is None or place.lon is None:
            continue
        if (place.lat, place.lon) != (decision.lat, decision.lon):
            aliases.note_moved(connection, decision.number, place.lat, place.lon)
    return concerned


def _rule(connection: Connection, changes: Changes) -> Affected | None:
    """Give what tells which answers the changes concern; None where they concern all."""
    if changes.are_many:
        return None
    words = street_words_but(connection, changes.streets) if changes.streets else set()
    return Affected(changes, settlement_names(connection), words)


def _affected(page: Answers, rule: Affected | None, decided: AbstractSet[int]) -> list[int]:
    if rule is None:
        return list(page.id)
    rows = zip(page.id, page.form, page.match, page.confidence, strict=True)
    return [
        row_id
        for row_id, form, match, confidence in rows
        if confidence is None or match in decided or rule(form, match, confidence)
    ]


def _changed(
    before: dict[str, list[Any]], now: LocationColumns, forms: Sequence[str | None]
) -> NDArray[np.intp]:
    """Give the rows that are to be written: another place or answer than stored.

    An answer from elsewhere, an online provider's, stays until ours is as sure.
    """
    differs = np.array(
        [was != form for was, form in zip(forms, now.normal_form, strict=True)], dtype=np.bool_
    )
    for name, column in before.items():
        other = (_plain(value) for value in getattr(now, name))
        differs |= [was != has for was, has in zip(column, other, strict=True)]
    theirs = [
        match is None and form is not None and cell is not None and source != Source.COORDINATES
        for match, form, cell, source in zip(
            before["match_key"], forms, before["cell"], before["location_source"], strict=True
        )
    ]
    surer = [
        (was or 0.0) > has for was, has in zip(before["confidence"], now.confidence, strict=True)
    ]
    return np.flatnonzero(differs & ~(np.array(theirs, np.bool_) & np.array(surer, np.bool_)))


def _plain(value: Any) -> Any:  # noqa: ANN401 - a value of any column
    """Give a value as it comes back from the store: NaN as None, NumPy's types as Python's."""
    plain = value.item() if isinstance(value, np.generic) else value
    return None if plain != plain else plain  # noqa: PLR0124 - NaN
