"""The ways people and CRMs write one Russian address down, all of them honest."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from heatmaps.simulation.customers import pick

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np

ISLAND = "В.О."
_ISLANDS = ("В.О.", "ВО", "В. О.", "Васильевского острова")
_SHORT_TYPES = {
    "улица": ("ул.", "ул"),
    "проспект": ("пр.", "пр-т", "просп.", "пр"),
    "переулок": ("пер.", "пер"),
    "набережная": ("наб.", "наб"),
    "линия": ("лин.", "линия"),
    "бульвар": ("бул.", "б-р"),
    "площадь": ("пл.", "пл"),
    "проезд": ("пр-д", "проезд"),
    "парк": ("парк",),
}
_CITIES = ("Санкт-Петербург", "СПб", "г. Санкт-Петербург", "Петербург", "С-Петербург")
_PART = re.compile(r"(к|с|лит)\s*([0-9А-Яа-я]+)")
_PARTS_SHORT = {
    "к": ("к", "к.", " к.", " к "),
    "с": ("с", " стр.", " с "),
    "лит": (" лит ", "лит.", " лит"),
}
_PARTS_FULL = {
    "к": (", корп. ", ", корпус ", " корп."),
    "с": (", стр. ", ", строение ", " стр. "),
    "лит": (", лит. ", ", литера ", " лит. "),
}
# Whether the city stands in the text and whether in its own column.
_CITY_STANDS = {(False, True): 0.45, (True, False): 0.40, (True, True): 0.10, (False, False): 0.05}
_BARE_ORDINAL = 0.4
"""How often ``7-я линия`` loses its ending."""
_ISLAND_FIRST = 0.12
_RARE_TYPO = 0.012
_SHORTEST_TYPO = 7


@dataclass(frozen=True, slots=True)
class WrittenAddress:
    """An address as it stands in a complaint, and what its city column says."""

    address: str
    city: str | None


def write_address(
    rng: np.random.Generator, city: str, street: str, house: str, flat: int | None
) -> WrittenAddress:
    """Give one spelling of a house's address, with the flat where there is one."""
    style = pick(rng, _STYLES)
    text = style(rng, street, house, flat)
    if rng.random() < _RARE_TYPO:
        text = _mistyped(rng, text)
    return _with_city(rng, city, text)


def write_street(rng: np.random.Generator, city: str, street: str) -> WrittenAddress:
    """Give a spelling of a street alone."""
    return _with_city(rng, city, _one(rng, (street, _short_street(rng, street))))


def _as_mapped(rng: np.random.Generator, street: str, house: str, flat: int | None) -> str:
    return f"{street}, {_house_short(rng, house)}{_flat(rng, flat)}"


def _official(rng: np.random.Generator, street: str, house: str, flat: int | None) -> str:
    number = _house(rng, house, _PARTS_FULL)
    room = f", {_one(rng, ('кв. ', 'квартира '))}{flat}" if flat else ""
    return f"{street}, {_one(rng, ('д. ', 'дом '))}{number}{room}"


def _abbreviated(rng: np.random.Generator, street: str, house: str, flat: int | None) -> str:
    mark = _one(rng, (", д. ", " д.", ", ", " ", ", дом "))
    return f"{_short_street(rng, street)}{mark}{_house_short(rng, house)}{_flat(rng, flat)}"


def _type_swapped(rng: np.random.Generator, street: str, house: str, flat: int | None) -> str:
    """Give ``Беринга ул., 24`` for ``улица Беринга``, ``ул. Наличная`` the other way round."""
    words = _island_rewritten(rng, street).split()
    for word in words:
        if word in _SHORT_TYPES and not words[0][0].isdigit():
            rest = [other for other in words if other != word]
            short = _one(rng, _SHORT_TYPES[word])
            words = [*rest, short] if words[0] == word else [short, *rest]
            break
    return f"{' '.join(words)}, {_house_short(rng, house)}{_flat(rng, flat)}"


def _capitals(rng: np.random.Generator, street: str, house: str, flat: int | None) -> str:
    return _official(rng, street, house, flat).upper()


def _hurried(rng: np.random.Generator, street: str, house: str, flat: int | None) -> str:
    """Give small letters without marks, as typed on a phone."""
    text = f"{_short_street(rng, street)} {_house_short(rng, house)}"
    room = f" кв {flat}" if flat else ""
    bare = re.sub(r"[.,]", " ", text.lower().replace("в.о.", "во"))
    return re.sub(r"\s+", " ", bare).strip() + room


_STYLES: dict[Callable[[np.random.Generator, str, str, int | None], str], float] = {
    _as_mapped: 0.26,
    _official: 0.22,
    _abbreviated: 0.27,
    _type_swapped: 0.11,
    _hurried: 0.09,
    _capitals: 0.05,
}


def _with_city(rng: np.random.Generator, city: str, text: str) -> WrittenAddress:
    """Put the city before the street, into its own column, into both, or leave it out."""
    named = _one(rng, (city, *_CITIES))
    if text.isupper():
        named = named.upper()
    in_text, in_column = pick(rng, _CITY_STANDS)
    return WrittenAddress(f"{named}, {text}" if in_text else text, city if in_column else None)


def _short_street(rng: np.random.Generator, street: str) -> str:
    words = _island_rewritten(rng, street).split()
    return " ".join(_one(rng, _SHORT_TYPES.get(word, (word,))) for word in words)


def _island_rewritten(rng: np.random.Generator, street: str) -> str:
    """Rewrite the island's mark and its numbered lines: ``7 линия ВО``, ``В.О. 7-я линия``."""
    if not street.endswith(ISLAND):
        return street
    name = street.removesuffix(ISLAND).strip()
    if rng.random() < _BARE_ORDINAL:
        name = re.sub(r"^(\d+)-я (лини[яи])$", r"\1 \2", name)
    if rng.random() < _ISLAND_FIRST:
        return f"{ISLAND} {name}"
    return f"{name} {_one(rng, _ISLANDS)}"


def _house_short(rng: np.random.Generator, house: str) -> str:
    return _house(rng, house, _PARTS_SHORT)


def _house(rng: np.random.Generator, house: str, marks: Mapping[str, tuple[str, ...]]) -> str:
    """Give the house number with its корпус, строение and литера marked as asked."""
    number, *parts = house.split(" ")
    text = number
    for part in parts:
        known = _PART.fullmatch(part)
        text += f"{_one(rng, marks[known[1]])}{known[2]}" if known else f" {part}"
    return text


def _flat(rng: np.random.Generator, flat: int | None) -> str:
    return f"{_one(rng, (', кв. ', ', кв.', ' кв '))}{flat}" if flat else ""


def _mistyped(rng: np.random.Generator, text: str) -> str:
    """Give the text with two letters of its longest word changed about."""
    word = max(re.findall(r"[А-Яа-яё]+", text), key=len)
    if len(word) < _SHORTEST_TYPO:
        return text
    i = int(rng.integers(1, len(word) - 2))
    return text.replace(word, word[:i] + word[i + 1] + word[i] + word[i + 2 :], 1)


def _one(rng: np.random.Generator, choices: tuple[str, ...]) -> str:
    return choices[int(rng.integers(len(choices)))]
