"""Steps over words that leave out what names no house: postcode, telephone, flat, notes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from heatmaps.geocoding.normal_form.pack import word_set

if TYPE_CHECKING:
    from collections.abc import Sequence

    from heatmaps.geocoding.normal_form.draft import Draft
    from heatmaps.geocoding.normal_form.pack import Pack

TELEPHONE = re.compile(r"\d{10,12}|(?:[78]-)?(?:\d{3}-)?\d{1,3}-\d\d-\d\d")
_SPACED_TELEPHONES = ((1, 3, 3, 2, 2), (1, 3, 3, 4), (1, 3, 7))
_TRUNKS = frozenset({"7", "8"})
_CODE_DIGITS = 3
MONTHS = word_set("янв фев мар апр май июн июл авг сен окт ноя дек jan feb mar apr jun")
DATE = re.compile(r"(?:19|20)\d\d-\d\d-\d\d")
_DAY_DIGITS = 2
_NUMBER_WORDS = frozenset({"no", "n", "номер"})
_NAME_LENGTH = 3
_CASE_ENDING = 2
_CONSONANTS = frozenset("бвгджзклмнпрстфхцчшщь")
"""End towns, ``г с посад``, but no person's name as streets have it."""
_WORD_AND_NUMBER = 2
_LETTERS_OF_HOUSES = frozenset("дкг")


def drop_postcode(draft: Draft, pack: Pack) -> None:
    """``190000 , санкт петербург`` → ``санкт петербург``."""
    digits = pack.postcode_digits
    draft.tokens = [t for t in draft.tokens if not (len(t) == digits and t.isdigit())]


def drop_telephone(draft: Draft, pack: Pack) -> None:
    """``тел 8 912 345-67-89`` goes, whichever way it is parted."""
    kept: list[str] = []
    tokens, at = draft.tokens, 0
    while at < len(tokens):
        token = tokens[at]
        length = _telephone_length(tokens, at)
        if token in pack.telephone and (length or _has_telephone(tokens[at + 1 :])):
            at += 1
        elif length:
            at += length
            while kept and (_is_code(kept[-1]) or kept[-1] in pack.accounts):
                kept.pop()
        else:
            kept.append(token)
            at += 1
    draft.tokens = kept


def _telephone_length(tokens: Sequence[str], at: int) -> int:
    """Give how many words from `at` on are a telephone number."""
    if len(tokens[at]) > _CODE_DIGITS and TELEPHONE.fullmatch(tokens[at]):
        return 1
    for lengths in _SPACED_TELEPHONES if tokens[at] in _TRUNKS else ():
        found = tokens[at : at + len(lengths)]
        if tuple(map(len, found)) == lengths and all(t.isdigit() for t in found):
            return len(lengths)
    return 0


def _has_telephone(tokens: Sequence[str]) -> bool:
    return any(_telephone_length(tokens, i) for i in range(len(tokens)))


def _is_code(token: str) -> bool:
    return token in _TRUNKS or (len(token) == _CODE_DIGITS and token.isdigit())


def find_excel_date(draft: Draft, _pack: Pack) -> None:
    """``ленина 05 фев`` was ``5/2`` before a spreadsheet took it for a date."""
    tokens = draft.tokens
    for i, token in enumerate(tokens):
        before = tokens[i - 1] if i else ""
        after = tokens[i + 1] if i + 1 < len(tokens) else ","
        if DATE.fullmatch(token):
            start, end = i, i + 1
        elif token in MONTHS and _is_day(before) and (after == "," or after.isdigit()):
            start, end = i - 1, i + 1 + (after != ",")
        elif token in MONTHS and len(after) == _DAY_DIGITS and after.isdigit():
            start, end = i, i + 2
        else:
            continue
        draft.tokens = tokens[:start] + tokens[end:]
        draft.faults.append("excel_date")
        return


def _is_day(token: str) -> bool:
    return token.isdigit() and len(token) <= _DAY_DIGITS


def write_out_phrases(draft: Draft, pack: Pack) -> None:
    """``в о`` → Васильевский остров, ``городской округ`` → ``округ``."""
    written: list[str] = []
    tokens, at = draft.tokens, 0
    while at < len(tokens):
        for words, meaning in pack.phrases.get((tokens[at], *tokens[at + 1 : at + 2]), ()):
            if tuple(tokens[at : at + len(words)]) == words:
                written += meaning.split()
                at += len(words)
                break
        else:
            written.append(tokens[at])
            at += 1
    draft.tokens = written


def drop_notes(draft: Draft, pack: Pack) -> None:
    """Landmarks go, up to a comma, a type word or a house: ``возле рынка``, ``метро парнас``."""
    kept: list[str] = []
    tokens, at = draft.tokens, 0
    while at < len(tokens):
        length = _note_length(tokens, at, pack)
        if not length or (kept and pack.types.get(kept[-1], ("",))[0] == "street"):
            kept.append(tokens[at])
            at += 1
            continue
        start = at + length
        at = start + 1
        while at <= len(tokens) and not _ends_note(tokens, at, pack):
            at += 1
        address = (
            None if _has_number(kept) else _address_in(tokens[start - 1], tokens[start:at], pack)
        )
        if address is not None:
            kept += tokens[start + address.start : at]
            draft.changes += address.changes
        draft.changes.append("note_dropped")
    draft.tokens = _tidy(kept)


class _Address(NamedTuple):
    """Where an address starts in a note that no comma ends, and what is doubtful about it."""

    start: int
    changes: tuple[str, ...]


def _address_in(note: str, words: Sequence[str], pack: Pack) -> _Address | None:
    """Find the address behind a landmark: ``пятерочка казань мира 5``, ``рядом с мира 5``.

    A town tells where it starts. Without one there have to be two words before a number, or one
    that a preposition leads to, and the landmark's own words cannot be told from a street's.
    """
    house = next((i for i, word in enumerate(words) if word.isdigit()), len(words))
    for i in range(house):
        if words[i] in pack.towns or " ".join(words[i : i + 2]) in pack.towns:
            return _Address(i, ())
    named = [i for i in range(house) if _is_name(words[i], pack)]
    while named and _is_landmark(words[named[0]], pack):
        named.pop(0)
    if house == len(words) or len(named) < 1 + (note not in pack.beside):
        return None
    return _Address(named[0], (f"unread:{note}",))


def _is_landmark(word: str, pack: Pack) -> bool:
    """Tell whether a word in some case is one that landmarks are called by: ``школы``, ``дома``."""
    return any(
        word.startswith(known[:-1]) and len(word) <= len(known) + _CASE_ENDING
        for known in (*(first for first, *_ in pack.notes), *pack.house_words)
        if len(known) >= _NAME_LENGTH
    )


def _has_number(tokens: Sequence[str]) -> bool:
    return any(token.isdigit() for token in tokens)


def _note_length(tokens: Sequence[str], at: int, pack: Pack) -> int:
    for words, _ in pack.notes.get((tokens[at],), ()):
        if tuple(tokens[at : at + len(words)]) == words:
            return len(words)
    return 0


def _ends_note(tokens: Sequence[str], at: int, pack: Pack) -> bool:
    """Tell whether a note is over before the word at `at`."""
    if at >= len(tokens) or tokens[at] == "," or tokens[at - 1] == ",":
        return True
    following = tokens[at + 1] if at + 1 < len(tokens) else ","
    if tokens[at] in pack.house_words:
        return following[0].isdigit()
    return tokens[at] in pack.types and following != "," and not following[0].isdigit()


def drop_flats(draft: Draft, pack: Pack) -> None:
    """Flat, office, entrance, floor and intercom go: ``д 5 кв 12 под 2`` → ``д 5``."""
    kept: list[str] = []
    tokens, at = draft.tokens, 0
    while at < len(tokens):
        token = tokens[at]
        if token in pack.intercom:
            at += 1
            while at < len(tokens) and any(c.isdigit() for c in tokens[at]):
                at += 1
        elif token not in pack.flats and token not in pack.flats_either:
            kept.append(token)
            at += 1
        elif _number_before(kept, tokens, at, pack):
            kept.pop()
            at += 1
        else:
            at += 1 + _value_length(tokens, at + 1)
    draft.tokens = _tidy(kept)


def _value_length(tokens: Sequence[str], at: int) -> int:
    """Give how many words from `at` on are the number of a flat: ``12``, ``номер 12 а``, ``н``."""
    start = at
    while at < len(tokens) and tokens[at] in _NUMBER_WORDS:
        at += 1
    following = tokens[at + 1] if at + 1 < len(tokens) else ","
    if at >= len(tokens) or tokens[at] == ",":
        return at - start
    if any(c.isdigit() for c in tokens[at]):
        closing = len(following) == 1 and following.isalpha()
        closing = closing and (at + 2 >= len(tokens) or tokens[at + 2] == ",")
        return at + 1 + closing - start
    alone = len(tokens[at]) == 1 and following == ","
    return at + alone - start


def _number_before(kept: list[str], tokens: Sequence[str], at: int, pack: Pack) -> bool:
    """Tell whether the number of a flat or floor stands before its word: ``3 подъезд``."""
    if not kept or not kept[-1][0].isdigit():
        return False
    if kept[-1].endswith("-й"):
        return tokens[at] in pack.flats_either
    closes = len(kept) > _WORD_AND_NUMBER and kept[-3][0].isdigit()
    if len(kept) > 1 and kept[-2] in pack.house_words and not closes:
        return False
    others = len(kept) == 1 or any(t[0].isdigit() for t in kept[:-1])
    following = tokens[at + 1] if at + 1 < len(tokens) else ","
    if following[0].isdigit():
        return others and tokens[at] in pack.flats_either and _ends_bare(tokens, at, pack)
    others = others or any(t[0].isdigit() for t in tokens[at + 1 :])
    return others and (tokens[at] in pack.flats_either or at + 1 == len(tokens))


def _ends_bare(tokens: Sequence[str], at: int, pack: Pack) -> bool:
    """Tell whether ``3 под 5 эт`` ends with a word that has no number of its own."""
    while at + 2 < len(tokens) and tokens[at + 1][0].isdigit():
        if tokens[at + 2] not in pack.flats_either | pack.flats:
            return False
        at += 2
    return at + 1 >= len(tokens) or not tokens[at + 1][0].isdigit()


def mark_initials(draft: Draft, pack: Pack) -> None:
    """``а с пушкина`` → ``а.с. пушкина``: two letters that are somebody's, as one word."""
    tokens = draft.tokens
    for at in range(len(tokens) - 2, -1, -1):
        if len(tokens[at]) == 1 == len(tokens[at + 1]) and _are_initials(tokens, at, pack):
            tokens[at : at + 2] = [f"{tokens[at]}.{tokens[at + 1]}."]


def _are_initials(tokens: Sequence[str], at: int, pack: Pack) -> bool:
    first, second = tokens[at], tokens[at + 1]
    if not (first.isalpha() and second.isalpha()) or first in pack.types or second in pack.types:
        return False
    following = tokens[at + 2] if at + 2 < len(tokens) else ","
    if first in pack.letters and not at and following[-1] in _CONSONANTS:
        return False
    if _is_name(following, pack):
        return not at or not tokens[at - 1][0].isdigit()
    if second in pack.house_words and following[0].isdigit():
        return False
    return bool(at) and _is_name(tokens[at - 1], pack) and first not in _LETTERS_OF_HOUSES


def _is_name(token: str, pack: Pack) -> bool:
    return (
        len(token) >= _NAME_LENGTH
        and token[0].isalpha()
        and token not in pack.types
        and token not in pack.house_words
        and token not in pack.parts
    )


def _tidy(tokens: list[str]) -> list[str]:
    """Leave out commas that open, close or follow one another."""
    tidy: list[str] = []
    for word in tokens:
        if word != "," or (tidy and tidy[-1] != ","):
            tidy.append(word)
    if tidy and tidy[-1] == ",":
        tidy.pop()
    return tidy
