"""The normal form of an address: what a parse gives, and how it is written."""

from __future__ import annotations

from dataclasses import dataclass, field

from heatmaps.geocoding.normal_form.latin_types import TRAILING_TYPES, joined

FEMININE_TYPES = frozenset(
    {"улица", "линия", "набережная", "площадь", "аллея", "дорога", "просека"}
)
NEUTER_TYPES = frozenset({"шоссе", "кольцо"})
_CITY = "город"
_PLACE_LETTERS = frozenset("гдпсх")
"""Initials that would be a type of settlement anywhere but behind the street's."""
ADJECTIVE_ENDINGS = ("ая", "яя", "ий", "ый", "ой", "ое", "ее")
"""Of the words that describe: ``невский``, ``большая``."""
_SIZES = {
    form: stem
    for stem, forms in {
        "большой": "большая большое больший",
        "малый": "малая малое",
        "средний": "средняя среднее",
        "новый": "новая новое",
        "старый": "старая старое",
        "верхний": "верхняя верхнее",
        "нижний": "нижняя нижнее",
    }.items()
    for form in forms.split()
}


@dataclass(frozen=True, slots=True)
class StreetName:
    """A street's name taken apart, all folded.

    `kind` is the type word (``улица``) or empty; `ordinals` the numbers of ``1-я`` and the like;
    `words` the rest in the order it was written; `tail` the part of town that tells namesakes
    apart (``васильевского острова``, ``12-й километр``) or empty; `initials` those of a person
    (``а.с.``), which tell streets of one settlement apart that are named after namesakes.

    `core` are words and numbers, sorted: what must be equal for two names to be alike; `text` is
    the name as people write it, folded: ``1-й басманный переулок``, ``улица ленина``.
    """

    kind: str = ""
    ordinals: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    tail: str = ""
    initials: str = ""
    core: str = field(init=False, repr=False, compare=False)
    text: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Write the name down once, for it is asked for with every address."""
        object.__setattr__(self, "core", _core(self))
        object.__setattr__(self, "text", _text(self))

    def __bool__(self) -> bool:
        """Tell whether there is any street at all."""
        return bool(self.kind or self.ordinals or self.words)

    @property
    def key(self) -> str:
        """The lasting key of a street within its settlement: ``type:core``, tail and initials."""
        return " ".join(filter(None, (f"{self.kind}:{self.core}", self.tail, self.initials)))


def _core(name: StreetName) -> str:
    return " ".join(sorted((*name.ordinals, *(_SIZES.get(w, w) for w in name.words))))


def _text(name: StreetName) -> str:
    she = name.kind in FEMININE_TYPES or (name.words and name.words[0].endswith(("ая", "яя")))
    ending = "я" if she else "е" if name.kind in NEUTER_TYPES else "й"
    latin = all(word.isascii() for word in (name.kind, *name.words))
    latin = latin and bool(name.words or name.kind)
    ordinals = [
        f"{n}th" if latin else f"{n}-{ending if n.isdigit() else 'й'}" for n in name.ordinals
    ]
    words = list(name.words)
    kind = [name.kind] if name.kind else []
    grown = joined(words[-1], name.kind) if words and name.kind and name.kind.isascii() else ""
    initials = [name.initials] if name.initials else []
    if grown:
        return " ".join([*ordinals, *words[:-1], *initials, grown])
    described = bool(words) and words[-1].endswith(ADJECTIVE_ENDINGS) and words[-1] != "мая"
    last = (described and not initials) or name.kind in TRAILING_TYPES
    leads = not name.kind and len(name.initials) == len("в.")
    at = 0 if leads or name.initials[:1] in _PLACE_LETTERS else max(len(words) - 1, 0)
    words[at:at] = initials
    rest = words + kind if last else kind + words
    return " ".join([*ordinals, *rest, *([name.tail] if name.tail else [])])


@dataclass(frozen=True, slots=True)
class Place:
    """A settlement as named in an address; `kind` is the place word written with it or empty."""

    name: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class NormalForm:
    """An address as it was understood, without flat, entrance, floor and notes.

    `places` are the settlements named, the narrowest first; the last may come from the caller's
    city column, then `places_named` counts fewer. `district` is the one around them, not one of a
    city's. `house` is in OSM's Russian form (``5 к2 с1``,
    ``42 литА``, ``вл5 с3``, ``39/1``) or empty. `changes` says what was altered beyond spelling
    out, `faults` what is wrong with the input. `country` is one named beside all that, in the
    word it was named with; the text leaves it out.
    """

    places: tuple[Place, ...] = ()
    places_named: int = 0
    region: str = ""
    street: StreetName = StreetName()
    house: str = ""
    changes: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    district: str = ""
    country: str = ""

    @property
    def settlement(self) -> str | None:
        """The narrowest settlement named, or None."""
        return self.places[0].name if self.places else None

    @property
    def text(self) -> str:
        """The address in one line, broadest first; normalising it changes nothing.

        Settlements carry their type word, but a city only where no street is named, for a bare
        name before a house number is a street.
        """
        named = bool(self.street)
        places = [_written(place, bare=named) for place in reversed(self.places)]
        parts = [self.region, self.district, *places, self.street.text, self.house]
        return ", ".join(part for part in parts if part)


def _written(place: Place, *, bare: bool) -> str:
    kind = place.kind or _CITY
    return _counted(place.name) if bare and kind == _CITY else f"{kind} {_counted(place.name)}"


def _counted(name: str) -> str:
    """``горки 10`` → ``горки-10``, whose number is no house's; ``н уренгой`` → ``н-уренгой``."""
    if name[1:2] == " ":
        name = f"{name[0]}-{name[2:]}"
    first, _, last = name.rpartition(" ")
    return f"{first}-{last}" if first and last.isdigit() else name
