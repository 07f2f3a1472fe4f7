"""Addresses in doubt to decisions: each places all that wait with it at once, and can be undone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from heatmaps.desk.words import Refusal
from heatmaps.errors import RuleError, UsageError
from heatmaps.geocoding.candidates import candidates
from heatmaps.geocoding.fingerprints import form_key
from heatmaps.geocoding.gazetteer import distance_m
from heatmaps.geocoding.normal_form import StreetName, normalise
from heatmaps.geocoding.result import Level
from heatmaps.store import aliases
from heatmaps.store.engine import lock
from heatmaps.store.review_queue import doubtful_form, forms_numbered, number_of
from pipelines.place_complaints import PlacedAgain, place_forms_again

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from heatmaps.geocoding.aliases import Decision
    from heatmaps.geocoding.candidates import Candidate
    from heatmaps.geocoding.result import GeocodeResult
    from heatmaps.store.aliases import Decided
    from heatmaps.store.engine import Store
    from heatmaps.store.review_queue import DoubtfulForm
    from pipelines.check_address import GeocoderOfStore

NOTHING = PlacedAgain(0, 0, 0)

FAR_M = 20_000.0
"""A point that lies farther from the edge of the settlement named is asked about."""

_TOWN_M = 10_000.0
"""The radius taken for a settlement that has namesakes."""
_HEXADECIMAL = frozenset("0123456789abcdef")
_MAX_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Signed:
    """Who decides, and when."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Examined:
    """An address in doubt: what the gazetteer says of it, and the places it may mean."""

    answer: GeocodeResult
    candidates: list[Candidate]


@dataclass(frozen=True, slots=True)
class FarOff:
    """The settlement that an address names, and how many metres from it a point lies."""

    settlement: str
    metres: float


@dataclass(frozen=True, slots=True)
class Resolved:
    """A decision in force, and what was placed by it just now.

    `is_new` is False where the same had been decided before: then nothing was done.
    """

    number: int
    decision: Decision
    placed: PlacedAgain
    is_new: bool


@dataclass(frozen=True, slots=True)
class Undone:
    """A decision that no longer holds, and what was placed anew without it just now."""

    decided: Decided
    placed: PlacedAgain
    is_new: bool


def examine(geocoder: GeocoderOfStore, normal_form: str) -> Examined:
    """Give what the gazetteer alone, without decisions, says of an address."""
    index = geocoder.current().with_aliases(None)
    return Examined(index.geocode(normal_form), candidates(index, normal_form))


def answered(geocoder: GeocoderOfStore, normal_forms: Sequence[str]) -> list[GeocodeResult]:
    """Give what the gazetteer alone says of addresses."""
    index = geocoder.current().with_aliases(None)
    return [index.geocode(normal_form) for normal_form in normal_forms]


def far_off(geocoder: GeocoderOfStore, decision: Decision) -> FarOff | None:
    """Give how far a point lies from the settlement that its address names, None if not far.

    None too for what was picked, and where no settlement is named that the gazetteer knows. Of
    namesakes the nearest counts.
    """
    form = normalise(decision.normal_form)
    if decision.key or decision.lat is None or decision.lon is None or not form.places:
        return None
    index = geocoder.current().with_aliases(None)
    town = index.geocode(replace(form, street=StreetName(), house="").text)
    known = [(one.label, one.lat, one.lon, _TOWN_M) for one in town.alternatives]
    if town.level is Level.SETTLEMENT and town.lat is not None and town.lon is not None:
        known = [(town.matched, town.lat, town.lon, town.uncertainty_m or _TOWN_M)]
    away = [
        (
            float(distance_m(np.array(lat), np.array(lon), decision.lat, decision.lon)),
            radius_m,
            label,
        )
        for label, lat, lon, radius_m in known
    ]
    if not away or any(metres <= radius_m + FAR_M for metres, radius_m, _ in away):
        return None
    metres, _, label = min(away)
    return FarOff(label, metres)


def place_gone(geocoder: GeocoderOfStore, decision: Decision) -> bool:
    """Tell whether the gazetteer no longer holds the place that was decided."""
    return bool(decision.key) and geocoder.current().place_of(decision.key or "") is None


def named_form(connection: Connection, named: str) -> DoubtfulForm | None:
    """Give the address in the queue that a number or a normal form names, None where none does.

    Raises UsageError where several numbers begin so.
    """
    word = named.strip().lower()
    if word and len(word) <= _MAX_DIGITS and set(word) <= _HEXADECIMAL:
        found = forms_numbered(connection, word, limit=2)
        if len(found) > 1:
            message = f"Several numbers of the queue begin with {word!r}; write the normal form."
            raise UsageError(message)
        if found:
            return found[0]
    texts = dict.fromkeys((named.strip(), normalise(named).text))
    waiting = (doubtful_form(connection, form_key(text)) for text in texts if text)
    return next((form for form in waiting if form is not None), None)


def decision_named(connection: Connection, named: str, default_city: str) -> Decided | None:
    """Give the decision in force on the address that a number or a normal form names, or None.

    Only those that hold in that default city. Raises UsageError where several numbers begin so.
    """
    word, texts = named.strip().lower(), {named.strip(), normalise(named).text}
    holding = [
        known
        for known in aliases.decisions_in_force(connection)
        if known.decision.default_city in {None, default_city}
    ]
    written = [known for known in holding if known.decision.normal_form in texts]
    numbered = [
        known
        for known in holding
        if word and number_of(form_key(known.decision.normal_form)).startswith(word)
    ]
    if not written and len(numbered) > 1:
        message = f"Several numbers of decided addresses begin with {word!r}; write more of it."
        raise UsageError(message)
    return next(iter(written or numbered), None)


def resolve(  # noqa: PLR0913 - who decides what, having seen what
    store: Store,
    geocoder: GeocoderOfStore,
    decision: Decision,
    signed: Signed,
    *,
    seen: int = 0,
    keep: bool = True,
) -> Resolved:
    """Put a decision in force and place all complaints and customers whose address reads so.

    `seen` is the number of the decision on this address that its maker knew of, 0 for none: that
    one is replaced. RuleError where somebody has decided otherwise meanwhile; UsageError where
    nobody signs. The same decision again changes nothing.
    """
    _require_name(signed.by)
    default_city = geocoder.current().default_city  # built before others are kept waiting
    if not normalise(decision.normal_form).places:
        decision = replace(decision, default_city=default_city)
    with store.writing(keep=keep) as connection:
        lock(connection, "intake")
        before = aliases.decision_on(connection, decision.normal_form, default_city)
        if before is not None and before.decision.means(decision):
            return Resolved(before.decision.number, before.decision, NOTHING, is_new=False)
        _require_seen(before, seen)
        number = aliases.save_decision(connection, decision, signed.by, signed.at)
        if before is not None:
            replaced = before.decision.number
            aliases.end_decision(connection, replaced, signed.by, signed.at, number)
        placed = _place(connection, geocoder, decision, before)
        aliases.note_placed(connection, number, placed.complaints, placed.customers)
    return Resolved(number, decision, placed, is_new=True)


def undo(
    store: Store,
    geocoder: GeocoderOfStore,
    number: int,
    signed: Signed,
    *,
    keep: bool = True,
) -> Undone:
    """End a decision; what it placed is placed by the gazetteer again and waits if in doubt.

    Undoing it once more changes nothing. UsageError where there is no such decision, RuleError
    where a later one has replaced it.
    """
    _require_name(signed.by)
    geocoder.current()
    with store.writing(keep=keep) as connection:
        lock(connection, "intake")
        known = aliases.decided(connection, number)
        if known is None:
            message = f"There is no decision {number}; see `heatmaps review list --decided`."
            raise UsageError(message)
        if known.replaced_by is not None:
            message = (
                f"Decision {number} was replaced by decision {known.replaced_by} of "
                f"{known.ended_by}; name that one to undo it."
            )
            raise RuleError(message, Refusal.OVERTAKEN)
        if not known.in_force:
            return Undone(known, NOTHING, is_new=False)
        aliases.end_decision(connection, number, signed.by, signed.at)
        placed = _place(connection, geocoder, known.decision, None)
    return Undone(known, placed, is_new=True)


def _place(
    connection: Connection, geocoder: GeocoderOfStore, decision: Decision, before: Decided | None
) -> PlacedAgain:
    """Place what reads like the address decided, now or when an earlier normaliser read it."""
    texts = {decision.normal_form, normalise(decision.normal_form).text}
    if before is not None:
        texts.add(before.decision.normal_form)
    index = geocoder.current().with_aliases(aliases.load_aliases(connection))
    return place_forms_again(connection, sorted(map(form_key, texts)), lambda: index)


def _require_name(by: str) -> None:
    if not by.strip():
        message = "A decision on an address needs the name of who makes it; give --by NAME."
        raise UsageError(message)


def _require_seen(before: Decided | None, seen: int) -> None:
    if before is None or before.decision.number == seen:
        return
    what = "junk" if before.decision.is_junk else before.decision.label
    message = (
        f"{before.by} has decided this address already: {what} (decision "
        f"{before.decision.number}), so nothing was changed; use --replace to decide anew."
    )
    raise RuleError(message, Refusal.OVERTAKEN)
