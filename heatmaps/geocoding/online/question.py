"""What leaves the house: an address in its normal form, stripped of all that may be personal."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import TYPE_CHECKING

from heatmaps.geocoding.normal_form import (
    NORM_VERSION,
    NormalForm,
    StreetName,
    readings,
    settlement_key,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

_FLAT_TAIL = re.compile(r"-\d+(?=\s|$)")
FLAT_TAIL = "flat_tail"
"""Said of a number like 5-30 that was asked as 5, because 30 may be the flat."""


@dataclass(frozen=True, slots=True)
class KnownNames:
    """Names that the gazetteer knows, in normal form: they are places, and no person's name.

    `streets` are keys without their type.
    """

    settlements: frozenset[str] = frozenset()
    streets: frozenset[str] = frozenset()

    @classmethod
    def of(cls, settlements: Iterable[str], street_keys: Iterable[str]) -> KnownNames:
        """Give the known names from those of settlements as written, and from keys of streets."""
        return cls(
            frozenset(settlement_key(name) for name in settlements),
            frozenset(_untyped(key) for key in street_keys),
        )


@dataclass(frozen=True, slots=True)
class Question:
    """An address as a provider may see it: `text`, and the `form` its answers are held against.

    `changes` says what was held back of a house number.
    """

    text: str
    form: NormalForm = field(compare=False)
    changes: tuple[str, ...] = field(default=(), compare=False)

    def fingerprint(self, provider: str) -> str:
        """Give what stands for this question to a provider where its answer is kept."""
        asked = f"{provider}\n{NORM_VERSION}\n{self.text}"
        return blake2b(asked.encode(errors="surrogatepass"), digest_size=16).hexdigest()


def question(
    address: str,
    city: str | None,
    default_city: str | None,
    known: KnownNames,
    understood: str = "",
) -> Question | None:
    """Give the question for an address, or None where it may not or need not be asked.

    Sent are settlements and streets that carry their type word or are `known`, the `city` of a
    column or the default one, a region, the house. A bare unknown name may be a customer's and
    stays here. An address without a settlement is never asked: an answer would be a guess. Of
    several readings the one is asked that our own answer `understood`.
    """
    form = _reading(address, city, default_city, understood)
    named = form.places[: form.places_named]
    columns = form.places[form.places_named :]
    places = tuple(p for p in named if p.kind or p.name in known.settlements) + columns
    street = form.street
    if street and not street.kind and _untyped(street.key) not in known.streets:
        street = StreetName()
    if not places or "junk" in form.faults or not (street or (form.house and not form.street)):
        return None
    house = _FLAT_TAIL.sub("", form.house)
    kept = replace(form, places=places, places_named=len(places) - len(columns),
                   street=street, house=house)  # fmt: skip
    return Question(kept.text, kept, (FLAT_TAIL,) if house != form.house else ())


def _reading(
    address: str, city: str | None, default_city: str | None, understood: str
) -> NormalForm:
    forms = readings(address, city)
    at = next((i for i, form in enumerate(forms) if form.text == understood), 0)
    if forms[at].places or not default_city:
        return forms[at]
    return readings(address, default_city)[at]


def _untyped(street_key: str) -> str:
    return street_key.partition(":")[2]
