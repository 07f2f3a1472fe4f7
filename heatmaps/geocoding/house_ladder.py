"""How like two house numbers are: the rungs below an exact match.

The shares are starting values taken from a prototype's labelled errors; a rung that needs two
steps multiplies them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

EXACT = 1.0
LITERA = 0.97
LETTER_IS_LITERA = 0.95
KORPUS_FROM_SLASH = 0.90
CORNER = 0.90
RANGE = 0.90
OWNERSHIP = 0.90
FLAT_FROM_DASH = 0.88
RANGE_DROPPED = 0.80
"""``3-7`` where but a 3 is known: a flat, or a house that stretches to 7."""
STRUCTURE = 0.85
KORPUS_OR_NOT = 0.5
"""``5-2`` where both a 5 and a 5 к2 are known."""
KORPUS_ALONE = 0.95
"""A number where houses have but a корпус: ``Зеленоград, 601``."""

LONGEST_RANGE = 8

_NUMBER = re.compile(r"(вл|уч)?(\d+)([^\W\d_]*|\sbis)((?:[/-][^\s/-]+)*)(?: (.+))?")
_PART = re.compile(r"(к|с|соор|лит|фл|block)(?=[\dA-ZА-ЯЁ])(.+)")


@dataclass(frozen=True, slots=True)
class HouseParts:
    """A house number in normal form taken apart; absent parts are empty."""

    integer: int
    whole: str
    letter: str
    tail: str
    korpus: str
    structure: str
    litera: str
    other: str


@dataclass(frozen=True, slots=True)
class Rung:
    """How sure it is that one number means the other, and what had to be changed for it."""

    confidence: float
    changes: tuple[str, ...] = ()


@lru_cache(maxsize=131_072)
def parts_of(number: str) -> HouseParts:
    """Take a number in normal form apart; ``к1144`` and the like have the integer 0."""
    match = _NUMBER.fullmatch(number)
    head = match[5] if match else number
    found = {"к": "", "с": "", "лит": ""}
    other = []
    for word in (head or "").split():
        part = _PART.fullmatch(word)
        if part and part[1] in found:
            found[part[1]] = part[2]
        else:
            other.append(word)
    return HouseParts(
        int(match[2]) if match else 0,
        (match[1] or "") if match else "",
        match[3].strip() if match else "",
        (match[4] or "") if match else "",
        found["к"],
        found["с"],
        found["лит"],
        " ".join(other),
    )


def as_korpus(number: str) -> tuple[str, Rung] | None:
    """Give the корпус that a number means in a settlement that counts nothing else: ``к601``.

    Of ``1643-55`` the flat is left out. None where the number holds more than that.
    """
    parts = parts_of(number)
    flat = parts.tail.removeprefix("-")
    if not parts.integer or (parts.tail and not (parts.tail[0] == "-" and flat.isdigit())):
        return None
    if parts.whole or parts.korpus or parts.structure or parts.litera or parts.other:
        return None
    changes = ("korpus_alone", *(("flat_from_dash",) if flat else ()))
    share = KORPUS_ALONE * (FLAT_FROM_DASH if flat else EXACT)
    return f"к{parts.integer}{parts.letter}", Rung(share, changes)


def likeness(asked: HouseParts, known: HouseParts) -> Rung | None:
    """Give the rung on which a known number answers the asked one, or None where it does not."""
    if asked == known:
        return Rung(EXACT)
    if (asked.integer, asked.other) != (known.integer, known.other) or not asked.integer:
        return None
    confidence, changes = EXACT, list[str]()
    for compare in (_letters, _tails, _structures, _ownership):
        rung = compare(asked, known)
        if rung is None:
            return None
        confidence *= rung.confidence
        changes += rung.changes
    return Rung(confidence, tuple(changes))


def _letters(asked: HouseParts, known: HouseParts) -> Rung | None:
    if (asked.letter, asked.litera) == (known.letter, known.litera):
        return Rung(EXACT)
    if asked.letter == known.letter and not (asked.litera and known.litera):
        return Rung(LITERA, ("litera_added" if known.litera else "litera_dropped",))
    if asked.letter + asked.litera == known.letter + known.litera:
        return Rung(LETTER_IS_LITERA, ("letter_is_litera",))
    return None


def _tails(asked: HouseParts, known: HouseParts) -> Rung | None:
    """Compare what stands behind ``/`` and ``-``, and the корпус that a slash may mean."""
    if asked.korpus != known.korpus:
        return _korpus_as_slash(asked, known)
    if asked.tail == known.tail:
        return Rung(EXACT)
    if known.tail.startswith(asked.tail):
        more = known.tail[len(asked.tail) :]
        return Rung(CORNER, ("corner",)) if more[0] == "/" else Rung(RANGE, ("range",))
    if asked.tail.startswith(known.tail):
        more = asked.tail[len(known.tail) :]
        if more[0] == "-" and _is_range(asked.integer, more[1:]):
            return Rung(RANGE_DROPPED, ("range_dropped",))
        change = "flat_from_dash" if more[0] == "-" else "corner_dropped"
        return Rung(FLAT_FROM_DASH, (change,))
    return None


def _is_range(first: int, last: str) -> bool:
    """Tell whether the number behind a dash may be the last of a house with several."""
    return last.isdigit() and 0 < int(last) - first <= LONGEST_RANGE and not (int(last) - first) % 2


def _korpus_as_slash(asked: HouseParts, known: HouseParts) -> Rung | None:
    if asked.tail == f"/{known.korpus}" and not known.tail and not asked.korpus:
        return Rung(KORPUS_FROM_SLASH, ("korpus_from_slash",))
    if asked.tail == f"-{known.korpus}" and not known.tail and not asked.korpus:
        return Rung(FLAT_FROM_DASH, ("korpus_from_dash",))
    if known.tail == f"/{asked.korpus}" and not asked.tail and not known.korpus:
        return Rung(KORPUS_FROM_SLASH, ("slash_from_korpus",))
    return None


def _ownership(asked: HouseParts, known: HouseParts) -> Rung:
    return Rung(EXACT) if asked.whole == known.whole else Rung(OWNERSHIP, ("ownership",))


def _structures(asked: HouseParts, known: HouseParts) -> Rung | None:
    if asked.structure == known.structure:
        return Rung(EXACT)
    if asked.structure and known.structure:
        return None
    return Rung(STRUCTURE, ("structure_added" if known.structure else "structure_dropped",))
