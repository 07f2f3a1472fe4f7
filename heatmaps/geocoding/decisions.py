"""What people decided that an address means, as the index asks for it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from heatmaps.geocoding.fingerprints import ignored_places, shared_form
from heatmaps.geocoding.normal_form import readings

if TYPE_CHECKING:
    from collections.abc import Callable

    from heatmaps.geocoding.normal_form import NormalForm
    from heatmaps.geocoding.result import GeocodeResult

_CYRILLIC = re.compile(r"[\u0400-\u052f]")


class Decision(Protocol):
    """What a person decided that an address means."""

    @property
    def key(self) -> str | None:
        """The lasting key of the place in the gazetteer, or None for a point of the map."""
        ...

    def answer(self, form: NormalForm, known: GeocodeResult | None) -> GeocodeResult | None:
        """Give the result for an address so decided, or None where the decision no longer holds.

        `known` is the place of `key` as the gazetteer has it now, None where it has gone.
        """
        ...


class Aliases(Protocol):
    """Decisions by the text of the normal form."""

    def get(self, normal_form: str, default_city: str, /) -> Decision | None:
        """Give the decision on this address in that default city, None where there is none."""
        ...


def decision_on(
    aliases: Aliases, address: str, city: str | None, best: GeocodeResult, default_city: str
) -> Decision | None:
    """Give what a person decided of any reading of this address, of the likeliest first.

    `best` is the answer of the gazetteer. Which reading it comes from changes with the gazetteer;
    Cyrillic has but one.
    """
    texts = list(dict.fromkeys((best.normal_form, shared_form(best))))
    if not _CYRILLIC.search(address):
        texts = [*(form.text for form in readings(address, city)), *texts]
    found = (aliases.get(text, default_city) for text in texts if text)
    return next((decision for decision in found if decision), None)


def decided(
    decision: Decision,
    form: NormalForm,
    best: GeocodeResult,
    place_of: Callable[[str], GeocodeResult | None],
) -> GeocodeResult | None:
    """Give what was decided, still saying which words were ignored: they are no decision's.

    `place_of` gives the place of a lasting key.
    """
    answer = decision.answer(form, place_of(decision.key) if decision.key else None)
    ignored = ignored_places(best)
    return replace(answer, changes=ignored + answer.changes) if answer and ignored else answer
