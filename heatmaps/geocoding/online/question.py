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
_LONG_NUMBER = re.compile(r"\d{4}")
_LONG_NUMBERS = re.compile(r"\d{4,}")
_HOUSE = re.compile(r"\D{0,3}\d{1,4}(?!\d)")
_INITIALS = re.compile(r"(?<!\w)[^\W\d_]\.\s?[^\W\d_]\.")
_PATRONYMIC = re.compile(
    r"(?:(?:[оеёая][вў][иі]ч|ьич)(?:а|у|ем|е)?|(?:[оеёая][вў]|[иі]ч|[иі]в)н(?:а|ы|у|е)"
    r"|[ұу]лы|[кқ]ызы|оглы|[oea]v[iy]ch[au]?|(?:[oea]v|ich)n[ay])$"
)
"""Endings of patronymics, in the cases of names: Russian, Belarusian, Kazakh, in Latin."""
_SURPLUS = 2
FLAT_TAIL = "flat_tail"
"""Said of a number like 5-30 that was asked as 5, because 30 may be the flat."""


@dataclass(frozen=True, slots=True)
class KnownNames:
    """Names that the gazetteer knows, in normal form: they are places, and no person's name.

    `streets` are keys without their type.
    """

    settlements: frozenset[str] = frozenset()
    streets: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls, settlements: Iterable[str], street_keys: Iterable[str], regions: Iterable[str] = ()
    ) -> KnownNames:
        """Give the known names from those of settlements as written, and from keys of streets."""
        return cls(
            frozenset(settlement_key(name) for name in settlements),
            frozenset(_untyped(key) for key in street_keys),
            frozenset(settlement_key(name) for name in regions),
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

    Sent are settlements that are `known` or, named in the address, one word with its type; of a
    `city` column only known ones or the default; known streets or typed ones; a region; the house.
    A bare unknown name may be a customer's and stays here, and so does all of an address whose
    typed names look as if more stood in them than a place. An address without a settlement is
    never asked: an answer would be a guess. Of several readings the one is asked that
    our own answer `understood`.
    """
    form = _reading(address, city, default_city, understood)
    usual = settlement_key(default_city) if default_city else None
    named = form.places[: form.places_named]
    columns = tuple(p for p in form.places[form.places_named :]
                    if p.name in known.settlements or p.name == usual)  # fmt: skip
    places = tuple(p for p in named if p.kind or p.name in known.settlements) + columns
    street = form.street
    if street and not street.kind and _untyped(street.key) not in known.streets:
        street = StreetName()
    if not places or "junk" in form.faults or not (street or (form.house and not form.street)):
        return None
    house = _FLAT_TAIL.sub("", form.house)
    kept = replace(form, places=places, places_named=len(places) - len(columns),
                   street=street, house=house)  # fmt: skip
    if _may_hold_more(kept, address, known):
        return None
    return Question(kept.text, kept, (FLAT_TAIL,) if house != form.house else ())


def _may_hold_more(form: NormalForm, address: str, known: KnownNames) -> bool:
    """Tell whether a person's name or a long number may stand among the names of a form."""
    number = _HOUSE.match(form.house)
    rest = (form.house[number.end() :] if number else form.house, replace(form, house="").text)
    if number and _LONG_NUMBER.search(number[0]):  # half of a passport's is as long as a house's
        rest = (*rest, *_LONG_NUMBERS.findall(address)[1:])
    if any(map(_LONG_NUMBER.search, rest)):
        return True
    if form.region and settlement_key(form.region) not in known.regions | known.settlements:
        name = settlement_key(form.region)
        if " " in name or _PATRONYMIC.search(name):
            return True
    for place in form.places[: form.places_named]:
        if place.name not in known.settlements and (
            _is_many_words(place.name, address)
            or _INITIALS.search(address)
            or _PATRONYMIC.search(place.name)
        ):
            return True
    street = form.street
    return bool(street) and _untyped(street.key) not in known.streets and _grown(street, known)


def _is_many_words(name: str, address: str) -> bool:
    """Tell whether a name was written in several words, not in one or with hyphens."""
    return " " in name and name.replace(" ", "-") not in address.lower().replace("ё", "е")


def _grown(street: StreetName, known: KnownNames) -> bool:
    """Tell whether a street's name goes on behind a known one, or holds a patronymic."""
    words = street.words
    if len(words) > 1 and any(map(_PATRONYMIC.search, words)):
        return True
    starts = (words[:end] for end in range(1, len(words) - _SURPLUS + 1))
    return any(" ".join(sorted((*street.ordinals, *start))) in known.streets for start in starts)


def _reading(
    address: str, city: str | None, default_city: str | None, understood: str
) -> NormalForm:
    forms = readings(address, city)
    at = next((i for i, form in enumerate(forms) if form.text == understood), 0)
    if forms[at].places or not default_city:
        return forms[at]
    return readings(address, default_city)[at]


def _untyped(street_key: str) -> str:
    """Give the words and numbers of a street's key, without type and initials."""
    words = street_key.partition(":")[2].split()
    return " ".join(word for word in words if word[-1] != ".")
