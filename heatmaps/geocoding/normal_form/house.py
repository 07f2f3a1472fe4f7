"""The house number among the words of an address, and its normal form.

The form is OSM's Russian one: number, then корпус, строение, сооружение, литера, флигель in this
order: ``5 к2 с1``, ``42 литА``, ``вл5 с3``, ``39/1`` (https://wiki.openstreetmap.org/wiki/RU:Россия/Соглашение_об_именовании_домов).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from heatmaps.geocoding.normal_form.fold import LETTERED
from heatmaps.geocoding.normal_form.form import ADJECTIVE_ENDINGS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from heatmaps.geocoding.normal_form.pack import Pack

_L = r"[^\W\d_]"
NUMBER = re.compile(rf"\d{{1,4}}(?:-?(?:{_L}{{1,2}}|bis))?(?:[/-]\d{{1,4}}(?:-?{_L}{{1,2}})?)*")
_PART = re.compile(r"([A-ZА-Я]+)(.+)")
_WHOLE = ("ВЛ", "УЧ")
_PART_ORDER = ("К", "С", "СООР", "ЛИТ", "ФЛ", "BLOCK")
_LETTER_DASH = re.compile(rf"-(?={_L})")
_GLUED_PART = re.compile(rf"([кс])({_L})")
_SHORT_PART = re.compile(rf"\d{{1,4}}{_L}{{0,2}}(?:-\d+)*")
_LETTERS = re.compile(rf"{_L}{{1,2}}\d{{0,2}}(?:-{_L}\d{{0,2}})?")
_GLUED_LETTER = re.compile(rf"лит{_L}{{1,2}}\d{{0,2}}(?:-{_L}\d{{0,2}})?")
SLASH_WORDS = frozenset({"дробь", "др"})
"""Spell out the slash of ``5/2``."""
_NO_LETTERS = frozenset("йъыь")
"""Letters that no house is counted by."""
_NAME_LENGTH = 3
_LIST_LENGTH = 5
_CORPUS_DIGITS = 2
_NAMING_DIGITS = 4
"""Houses with so long a number are rare where streets are named by number."""


class FoundHouse(NamedTuple):
    """A house number and the tokens, `start` to `end`, that it took; no number where none is.

    With `is_list` it is the first of several houses. `unread` are the words beside it that look
    like a piece of it and were not understood.
    """

    number: str = ""
    start: int = 0
    end: int = 0
    from_list: bool = False
    is_list: bool = False
    unread: tuple[str, ...] = ()


NO_HOUSE = FoundHouse()


@lru_cache(maxsize=65_536)
def is_number(token: str) -> bool:
    """Tell whether a token can begin a house number; ``7-й`` is an ordinal and cannot."""
    return token[0].isdigit() and not token.endswith("-й") and bool(NUMBER.fullmatch(token))


@lru_cache(maxsize=65_536)
def is_part(token: str) -> bool:
    """Tell whether a token is a building part as `mark_parts` marks them, by a capital."""
    return token[0].isupper()


@lru_cache(maxsize=65_536)
def _bears_on_house(token: str) -> bool:
    return is_part(token) or is_number(token)


def bear_on_house(tokens: Sequence[str]) -> bool:
    """Tell whether some of the words may belong to a house number, or be taken for a piece of one.

    Not so an ordinal in front of the word that it counts: ``2-й переулок``.
    """
    for i, token in enumerate(tokens):
        if _may_belong(token):
            following = tokens[i + 1] if i + 1 < len(tokens) else ","
            if not token.endswith("-й") or not following[0].isalpha() or _may_belong(following):
                return True
    return False


@lru_cache(maxsize=65_536)
def _may_belong(token: str) -> bool:
    if token.isalpha() and not is_part(token):
        return bool(_GLUED_PART.fullmatch(token))
    return is_part(token) or any(c.isdigit() for c in token)


def mark_parts(tokens: Sequence[str], pack: Pack) -> list[str]:
    """``корпус 2`` → ``К2``, ``лита`` → ``ЛИТа``: one token a part, known by its capitals.

    ``5 дробь 2`` becomes ``5/2``.
    """
    marked: list[str] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if _may_be_part(token, pack):
            following = _figure(tokens[at + 1], pack) if at + 1 < len(tokens) else ""
            if _counts_before(token, following, marked, pack):
                number = _figure(marked[-1], pack).removesuffix("-й")
                marked[-1] = pack.parts[token].upper() + number
                at += 1
                continue
            at += _mark_part(token, following, marked, pack)
        else:
            marked.append(token)
            at += 1
    return marked


@lru_cache(maxsize=65_536)
def _may_be_part(token: str, pack: Pack) -> bool:
    glued = token[0] in pack.parts and _SHORT_PART.fullmatch(token, 1)
    litera = _GLUED_LETTER.fullmatch(token)
    return token in pack.parts or token in SLASH_WORDS or bool(glued) or bool(litera)


def _counts_before(token: str, following: str, marked: Sequence[str], pack: Pack) -> bool:
    """Tell whether a part's number stands before its word: ``10 2 корпус``, ``2-й корпус``."""
    if len(token) < _NAME_LENGTH or not marked or pack.parts.get(token, "уч").upper() in _WHOLE:
        return False
    if following and (following[0].isdigit() or _is_value(token, following, pack)):
        return False
    before = next((word for word in reversed(marked[:-1]) if word != ","), "")
    number = _figure(marked[-1], pack)
    if number.endswith("-й"):
        return _SHORT_PART.fullmatch(number.removesuffix("-й")) is not None
    alone = len(marked) == 1 and not following
    return bool(_SHORT_PART.fullmatch(number) and (alone or (before and _follows_number(before))))


def _figure(token: str, pack: Pack) -> str:
    """Give an ordinal that is spelled out by its number: ``вторая`` → ``2-й``."""
    meant = pack.words.get(token, token)
    return meant if meant.endswith("-й") else token


def _mark_part(token: str, following: str, marked: list[str], pack: Pack) -> int:
    """Append a word as the building part that it may be; give how many words that took."""
    if len(token) == 1 and marked and pack.types.get(marked[-1], ("", ""))[1] in pack.area_types:
        marked.append(token)
    elif token in pack.parts and _is_value(token, following, pack):
        marked.append(pack.parts[token].upper() + following.removesuffix("-й"))
        return 2
    if token[0] in pack.parts and _SHORT_PART.fullmatch(token, 1):
        marked.append(pack.parts[token[0]].upper() + token[1:])
    elif token in SLASH_WORDS and marked and is_number(marked[-1]) and _begins_house(following):
        marked[-1] += f"/{following}"
        return 2
    elif _GLUED_LETTER.fullmatch(token) and (
        _follows_number(marked[-1]) if marked else not following
    ):
        marked.append("ЛИТ" + token[3:])
    else:
        marked.append(token)
    return 1


def _begins_house(token: str) -> bool:
    return bool(token) and is_number(token)


def _follows_number(token: str) -> bool:
    return is_number(token) or is_part(token) or bool(_GLUED_PART.fullmatch(token))


def _is_value(marker: str, value: str, pack: Pack) -> bool:
    if _SHORT_PART.fullmatch(value.removesuffix("-й")):
        return len(marker) > 1 or not value.endswith("-й")
    if len(marker) == 1 or pack.parts[marker].upper() in _WHOLE:
        return False
    return bool(_LETTERS.fullmatch(value)) and (len(value) == 1 or pack.parts[marker] == "лит")


def find_house(tokens: Sequence[str], pack: Pack) -> FoundHouse:
    """Give the house number of an address, and where it stands."""
    at = _position(tokens, pack)
    if at is None:
        return NO_HOUSE
    house = _read(tokens, at, pack)
    beside = (*tokens[: house.start][-1:], *tokens[house.end :])
    unread = _unread(beside, house.number) if any(map(_is_piece, beside)) else ()
    return house._replace(unread=unread) if unread else house


def _unread(tokens: Sequence[str], number: str) -> tuple[str, ...]:
    """Give the words of letters and digits, or building parts, that are not in the number."""
    read = number.lower().split()
    pieces = [token.lower() for token in tokens if _is_piece(token)]
    return tuple(piece for piece in pieces if piece not in read)


@lru_cache(maxsize=65_536)
def _is_piece(token: str) -> bool:
    has_digit = any(c.isdigit() for c in token) and not token.isdigit()
    of_name = token.endswith(("-й", ".")) or LETTERED in token
    return is_part(token) or (has_digit and not of_name)


def _position(tokens: Sequence[str], pack: Pack) -> int | None:
    plain: list[int] = []
    leading: list[int] = []
    parts: list[int] = []
    for i, token in enumerate(tokens):
        if not _bears_on_house(token):
            continue
        if is_part(token):
            if token.startswith(_WHOLE):
                return i
            if any(c.isdigit() for c in token):
                parts.append(i)
        elif i and tokens[i - 1] in pack.house_words:
            return i
        elif not _in_name(tokens, i, pack):
            (leading if _leads(tokens, i, pack) else plain).append(i)
    if pack.house_first and leading and leading[0] == 0:
        return 0
    if len(plain) == 1:
        return plain[0]
    return _first_plain(tokens, plain, pack) or next(iter(plain + leading + parts), None)


def _first_plain(tokens: Sequence[str], plain: list[int], pack: Pack) -> int | None:
    """Give the first number that is not the name in ``улица 12, 5``."""
    for i in plain[:-1]:
        typed = i and pack.types.get(tokens[i - 1], ("", ""))[0] == "street"
        if not (typed and (i == 1 or tokens[i - 2] == ",")) and not _counts_name(tokens, i, pack):
            return i
    return plain[-1] if plain else None


def _counts_name(tokens: Sequence[str], i: int, pack: Pack) -> bool:
    """Tell whether of several numbers this is a name's: ``янино 1, ул мира 2``."""
    if len(tokens[i]) == _NAMING_DIGITS:
        return True
    if not pack.area_types or tokens[i + 1 : i + 2] != [","] or _typed(tokens[:i], pack):
        return False
    return _typed(tokens[i + 1 :], pack)


def _typed(tokens: Sequence[str], pack: Pack) -> bool:
    return any(pack.types.get(token, ("",))[0] == "street" for token in tokens)


def _in_name(tokens: Sequence[str], i: int, pack: Pack) -> bool:
    following = tokens[i + 1] if i + 1 < len(tokens) else ","
    if following in pack.units or _numbered(following, pack):
        return True
    if not i or not _numbered(tokens[i - 1], pack):
        return False
    if i == 1 or tokens[i - 2] == "," or tokens[i - 2] in pack.towns:
        return True
    if tokens[i - 2][0].isdigit() or tokens[i - 2].endswith(ADJECTIVE_ENDINGS):
        return False
    return tokens[i - 2] in pack.types or any(map(is_number, tokens[i + 1 :]))


def _numbered(token: str, pack: Pack) -> bool:
    return pack.types.get(token, ("", ""))[1] in pack.numbered_types


def _leads(tokens: Sequence[str], i: int, pack: Pack) -> bool:
    """Tell whether a name follows the number, as in ``1 советская``, not ``5 г пермь``."""
    if i + 1 >= len(tokens):
        return False
    following = tokens[i + 1]
    if not following[0].isalpha() or is_part(following) or following in pack.house_words:
        return False
    if len(following) == 1:
        return False
    return pack.types.get(following, ("", ""))[0] in {"", "street"}


def _read(tokens: Sequence[str], at: int, pack: Pack) -> FoundHouse:
    start = at - 1 if at and tokens[at - 1] in pack.house_words else at
    number, end = _core(tokens, at, pack)
    if end == len(tokens):
        return FoundHouse(number, start, end)
    if tokens[end] in pack.house_words and not _has_digit(tokens[end + 1 : end + 2]):
        return FoundHouse(number, start, _past_numbers(tokens, end + 1))
    parts, end = _parts(tokens, end, glued_at=end if number else -1)
    outside = [*tokens[:start], *tokens[end:]] if number else []
    if any(map(is_part, outside)) and not any(map(is_number, outside)):
        parts += _strays(outside, parts)
    second = "" if parts else _second_of_three(tokens, at)
    is_list = bool(second) and int(second) > int(tokens[at])
    if second and not is_list:
        parts = [("К", second)]
    if len(parts) > 1:
        parts.sort(key=_part_order)
    written = [number] if number else []
    written += [part.lower() + value.upper() for part, value in parts]
    from_list = bool(second) and not is_list
    return FoundHouse(" ".join(written), start, _past_numbers(tokens, end), from_list, is_list)


def _strays(tokens: Sequence[str], parts: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Give the parts that stand away from their house: ``корпус 3, дом 8``."""
    found = [match for t in tokens if is_part(t) and (match := _PART.fullmatch(t))]
    kinds = {kind for kind, _ in parts}
    return [(m[1], m[2]) for m in found if m[2][0].isdigit() and m[1] not in {*_WHOLE, *kinds}]


def _has_digit(tokens: Sequence[str]) -> bool:
    return any(token[0].isdigit() for token in tokens)


def second_address(tokens: Sequence[str], pack: Pack) -> int:
    """Give where among the words behind a house another address begins: ``, мира 10``, or -1."""
    start = 0
    for i, word in enumerate(tokens):
        if word == ",":
            start = i
        elif is_number(word) and i and _is_name(tokens[i - 1], pack):
            return start
    return -1


def _is_name(token: str, pack: Pack) -> bool:
    known = token in pack.types or token in pack.house_words or token in pack.parts
    return len(token) >= _NAME_LENGTH and token.isalpha() and not known and not is_part(token)


def _part_order(part: tuple[str, str]) -> int:
    return _PART_ORDER.index(part[0]) if part[0] in _PART_ORDER else len(_PART_ORDER)


def _core(tokens: Sequence[str], at: int, pack: Pack) -> tuple[str, int]:
    token = tokens[at]
    if is_part(token):
        match = _PART.fullmatch(token)
        if match and match[1] in _WHOLE:
            return match[1].lower() + match[2].upper(), at + 1
        return "", at
    core = token if token.isdigit() else _written_core(token)
    letter = tokens[at + 1] if at + 1 < len(tokens) else ""
    if len(letter) == 1 and letter not in _NO_LETTERS and letter.isalpha() and core[-1].isdigit():
        following = tokens[at + 2] if at + 2 < len(tokens) else ","
        alone = letter in pack.house_words and (not at or tokens[at - 1] == ",")
        if alone and following == ",":
            return core, at + 1
        if letter not in pack.letters or not following[0].isalpha() or is_part(following):
            return core + letter.upper(), at + 2
    return core, at + 1


@lru_cache(maxsize=65_536)
def _written_core(token: str) -> str:
    """``31-а`` → ``31А``, ``4bis`` → ``4 bis``."""
    return _LETTER_DASH.sub("", token).upper().replace("BIS", " bis")


def _parts(tokens: Sequence[str], at: int, glued_at: int) -> tuple[list[tuple[str, str]], int]:
    """Give the building parts that follow, commas between them allowed."""
    parts: list[tuple[str, str]] = []
    end = at
    while at < len(tokens):
        word = tokens[at]
        glued = _GLUED_PART.fullmatch(word)
        match = _PART.fullmatch(word) if is_part(word) else None
        if match and match[1] not in _WHOLE:
            parts.append((match[1], match[2]))
        elif glued and (at == glued_at or parts):
            parts.append((glued[1].upper(), glued[2]))
        elif word != ",":
            break
        at += 1
        end = at if word != "," else end
    return parts, end


def _second_of_three(tokens: Sequence[str], at: int) -> str:
    """Give the 2 of ``32, 2, 323``: house, корпус, flat."""
    three = tokens[at : at + _LIST_LENGTH]
    numbers = three[::2]
    if len(three) < _LIST_LENGTH or set(three[1::2]) != {","}:
        return ""
    fits = all(n.isdigit() for n in numbers) and len(numbers[1]) <= _CORPUS_DIGITS
    return numbers[1] if fits else ""


def _past_numbers(tokens: Sequence[str], at: int) -> int:
    """Skip the bare flat numbers behind a house: ``32а 8``, ``5, 30``."""
    end = at
    while at < len(tokens) and (tokens[at] == "," or tokens[at][0].isdigit()):
        if tokens[at] != ",":
            following = tokens[at + 1] if at + 1 < len(tokens) else ","
            if following[0].isalpha():
                break
            end = at + 1
        at += 1
    return end
