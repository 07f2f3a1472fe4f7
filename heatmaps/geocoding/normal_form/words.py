"""The words of an address: each taken apart once, and known again by a table."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from heatmaps.geocoding.normal_form import cuttings, numerals
from heatmaps.geocoding.normal_form.cities import city_names
from heatmaps.geocoding.normal_form.draft import Draft, Mark
from heatmaps.geocoding.normal_form.house import SLASH_WORDS
from heatmaps.geocoding.normal_form.layout import as_russian_keys, is_odd
from heatmaps.geocoding.normal_form.personal import is_account, is_persons
from heatmaps.geocoding.normal_form.type_typos import counted_type, mended_type

if TYPE_CHECKING:
    from collections.abc import Iterable

    from heatmaps.geocoding.normal_form.pack import Pack

_L = r"[^\W\d_]"
_EDGES = "-/_."
_LATIN = re.compile(r"[a-z]")
_LOOKALIKES = str.maketrans("abcehkmoptxyi3", "авсенкмортхуи3")
_KEPT_LATIN = re.compile(r"[abcehkmoptxyi\u0400-\u052f\d/-]*")
_ROMAN = re.compile(r"(?=[ivxх]{1,6}$)[xх]{0,3}(?:i[xх]|iv|v?i{0,3})")
_ENGLISH_ORDINAL = re.compile(r"(\d{1,4})(?:st|nd|rd|th)")
_ORDINAL = re.compile(
    r"(\d{1,4}(?:-\d{1,4})?|\d{1,2}[а-я](?=-й))-?(?:ый|ий|ой|ого|ая|ья|яя|ое|ье|ее|го|ому|шы|ши)"
    r"|(\d{1,4}(?:-\d{1,4})?|\d{1,2}[а-я](?=-й))(?:-?й|-я|-ы|-ги|-ци)"
)
_YEARS = re.compile(r"(\d{1,4})-?(?:ти|и|х)?-?лет(?:и[еяю]|ие)?")
_WORD_THEN_NUMBER = re.compile(rf"{_L}{{2,}}+(?=\d)")
_NUMBER_THEN_WORD = re.compile(
    rf"\d(?=(?!bis){_L}{{3}}|(?:кв|вл|эт|оф|ул|фл)(?!{_L})|[кс]\d)|(?<=\d){_L}(?=[кс]\d)"
)
_ZERO = re.compile(r"(?<=\d)о(?=\d|[абвгд]?$)|(?<=[а-я])0(?=[а-я]{2})")
_GLUED_HOUSE_WORD = re.compile(r"д\.(?<=[а-я]{4}д\.)(?=\d)")
_GLUED_STREET = re.compile(r"ул\.(?<=[а-я]{3}ул\.)(?=[а-я])")
_DOTTED_PART = re.compile(r"\d[а-я]?(?=(?:к|с|корп?|стр|лит|вл|соор)\. ?[\dа-я])")
_PART_WITHOUT_NUMBER = re.compile(r"(\d) ?к\.+(?= *(?:[^\W\d_]{2}|$))")
_NUMBER_DASH_WORD = re.compile(rf"(?<=\d)-(?={_L}{{3}})")
_LITERA = re.compile(rf"лит{_L}{{1,2}}\d{{0,2}}(?:-{_L}\d{{0,2}})?")
_GLUED_PART = re.compile(rf"[ксв]\d{{1,4}}{_L}{{0,2}}(?:-\d+)*")
_GROWN_TYPES = ("ул", "пр-т", "пр-кт", "просп", "пер", "пл", "наб", "ш", "б-р", "мкр")
_GLUED_TYPE = re.compile(
    rf"(?P<name>{_L}{{3,}}(?:-{_L}{{2,}})*)(?P<type>{'|'.join(_GROWN_TYPES)})(?P<rest>\d\S*)?"
)
_TOWNS = frozenset(city_names())
_ADJECTIVE = ("ская", "цкая", "ная", "вая", "ский", "цкий", "ный", "вый")
_GLUED_PARTS = re.compile(rf"[ксв]\d{{1,4}}(?:{_L}{{3}}|[кс]\d)")
_SINGLE_LETTER = 1
_AREA_LENGTHS = (3, 7)
_TRUNKS = frozenset({"7", "8"})
_LETTERS = frozenset("абвгдежзиклмнопрстуфхцчшщэюя")
_USUAL_LETTERS = frozenset("гдш")
"""Letters that nearly every address has; of two initials one is another."""


class Word(NamedTuple):
    """What a written word stands for: one token or more, and their `Mark`s."""

    tokens: tuple[str, ...]
    marks: int


def read_words(draft: Draft, pack: Pack) -> None:
    """Part the text into tokens: ``москва1-й`` → ``москва 1-й``, ``5к2с1`` → ``5 к2 с1``."""
    tokens: list[str] = []
    marks = 0
    for written in _undotted(draft.text).replace(",", " , ").split():
        found, seen = word_of(written, pack)
        tokens += found
        marks |= seen
    draft.tokens, draft.marks = tokens, marks


def _undotted(text: str) -> str:
    """``10к.2`` → ``10 к 2``: the dot parts words, and a letter with one is no part of a number."""
    if "." not in text:
        return text
    text = _GLUED_STREET.sub(" ул.", _GLUED_HOUSE_WORD.sub(" д.", text))
    text = _PART_WITHOUT_NUMBER.sub(r"\1 ", text)
    return _DOTTED_PART.sub(r"\g<0> ", text).replace(".", " ")


def rewrite(draft: Draft, pack: Pack) -> None:
    """Leave out and replace what the pack has patterns for, over all of the text."""
    text = " ".join(draft.text.replace(".", " ").replace(",", ", ").split()).replace(" ,", ",")
    for pattern in pack.cuts:
        text = pattern.sub(" ", text)
    for pattern, replacement in pack.rewrites:
        text = pattern.sub(replacement, text)
    draft.text = text


@lru_cache(maxsize=131_072)
def word_of(written: str, pack: Pack) -> Word:
    """Give the tokens of one written word, of letters, digits, ``-`` and ``/`` alone."""
    word = written.strip(_EDGES)
    if not word:
        return Word((), 0)
    if word.isdigit():
        return Word((word,), _marks_of_digits(word, pack))
    if word.startswith("ал-"):
        word = f"аль-{word.removeprefix('ал-')}"
    marks = 0
    counted = _ENGLISH_ORDINAL.fullmatch(word) if word[0].isdigit() else None
    if counted:
        return Word((f"{counted[1]}-й",), Mark.COUNTED)
    if pack.name == "ru" and _LATIN.search(word):
        word, marks = _cyrillic(word)
    if pack.name == "ru" and not word.isalpha() and _ZERO.search(word):
        word = _ZERO.sub(lambda match: "0" if match[0] == "о" else "о", word)
    pieces = [word] if pack.name != "ru" or _whole(word, pack) else _glued(word)
    tokens: list[str] = []
    for piece in pieces:
        token, seen = _token(piece, pack)
        tokens += token
        marks |= seen
    return Word(tuple(tokens), marks | _marks_of_words(tokens, pack))


def _whole(word: str, pack: Pack) -> bool:
    return (
        word in pack.types
        or word in pack.words
        or word in pack.parts
        or word in pack.region_names.values()
    )


def _cyrillic(word: str) -> tuple[str, int]:
    """Give a word with its look-alike Latin letters as Cyrillic ones, Roman numerals as numbers."""
    if _ROMAN.fullmatch(word) and len(word) > _SINGLE_LETTER:
        return _roman_value(word.replace("х", "x")), Mark.ROMAN
    if _KEPT_LATIN.fullmatch(word):
        return word.translate(_LOOKALIKES), Mark.MENDED
    retyped = as_russian_keys(word) if is_odd(word) else word
    return (retyped, Mark.MENDED) if not is_odd(retyped) else (word, 0)


def _roman_value(word: str) -> str:
    values = [{"i": 1, "v": 5, "x": 10}[letter] for letter in word]
    total = sum(
        -value if value < max(values[i:], default=0) else value for i, value in enumerate(values)
    )
    return f"{total}-й"


def _glued(word: str) -> list[str]:
    """Part what was written together: words from numbers, and joined words from each other."""
    if word[0] == "д" and word[1:2].isdigit():
        return ["д", *_glued(word[1:])]
    if word.isalpha() and not word.endswith(_GROWN_TYPES):
        return [word]
    parted = _GLUED_TYPE.fullmatch(word)
    if parted and (parted["name"] in _TOWNS or parted["name"].endswith(_ADJECTIVE)):
        return [parted["name"], parted["type"], *(_glued(parted["rest"]) if parted["rest"] else ())]
    if word.isalpha() or word[0].isdigit() or _kept(word):
        return _glued_simple(word)
    if _GLUED_PARTS.match(word):
        return [
            piece
            for part in _NUMBER_THEN_WORD.sub(r"\g<0> ", word).split()
            for piece in _glued(part)
        ]
    pieces: list[str] = []
    for piece in _WORD_THEN_NUMBER.sub(_part_word, word).split():
        if piece[0].isdigit() or _kept(piece):
            pieces += _glued_simple(piece)
        else:
            pieces += [part for part in re.split("[-/]", piece) if part]
    return pieces


def _kept(word: str) -> bool:
    return bool(_LITERA.fullmatch(word) or _GLUED_PART.fullmatch(word))


def _glued_simple(word: str) -> list[str]:
    if word.isalpha() or word.isdigit() or _kept(word) or _ORDINAL.fullmatch(word):
        return [word]
    years = _YEARS.fullmatch(word)
    if years:
        return [years[1], "лет"]
    if word[-1] == "г" and numerals.is_year(word[:-1]):
        return [word[:-1], "года"]
    parted = _NUMBER_THEN_WORD.sub(r"\g<0> ", _NUMBER_DASH_WORD.sub(" ", word))
    return _WORD_THEN_NUMBER.sub(_part_word, parted).split()


def _part_word(match: re.Match[str]) -> str:
    word = match[0]
    is_litera = word.startswith("лит") and len("лит") < len(word) <= len("литаб")
    return word if is_litera else f"{word} "


def _token(word: str, pack: Pack) -> tuple[list[str], int]:
    """Give the tokens of a piece and its own marks."""
    word = word.strip(_EDGES)
    if not word:
        return [], 0
    if word[0].isdigit():
        return _number(word, pack)
    if pack.name == "ru" and not _whole(word, pack) and word not in pack.noise:
        mended = mended_type(word, pack)
        if mended:
            return [mended], Mark.TYPE_TYPO
    return [word], 0


def _number(word: str, pack: Pack) -> tuple[list[str], int]:
    if word.isdigit():
        return [word], _marks_of_digits(word, pack)
    ordinal = _ORDINAL.fullmatch(word)
    if ordinal:
        return [f"{ordinal[1] or ordinal[2]}-й"], 0
    marks = 0
    if cuttings.TELEPHONE.fullmatch(word):
        marks |= Mark.TELEPHONE
    if cuttings.DATE.fullmatch(word):
        marks |= Mark.DATE
    if numerals.MAYBE_ORDINAL.fullmatch(word):
        marks |= Mark.ORDINAL
    return [word], marks


def _marks_of_digits(word: str, pack: Pack) -> int:
    if word in _TRUNKS:
        return Mark.TRUNK
    if len(word) in _AREA_LENGTHS:
        return Mark.AREA | (Mark.ACCOUNT if is_account(word) else 0)
    if len(word) == pack.postcode_digits:
        return Mark.POSTCODE
    if numerals.is_year(word):
        return Mark.SPELLED
    telephone = Mark.TELEPHONE if cuttings.TELEPHONE.fullmatch(word) else 0
    return telephone | (Mark.ACCOUNT if is_account(word) else 0)


def _marks_of_words(words: list[str], pack: Pack) -> int:
    table = _marks_table(pack)
    marks = 0
    for word in words:
        known = table.get(word)
        if known is not None:
            marks |= known
        elif word[0].isdigit():
            marks |= Mark.COUNTED if word.endswith("-й") else 0
        elif not word.isalpha():
            marks |= Mark.PART if _kept(word) else 0
        elif is_odd(word):
            marks |= Mark.ODD_LAYOUT
        elif counted_type(word, pack):
            marks |= Mark.UNKNOWN
        elif word.startswith("лит") and _LITERA.fullmatch(word):
            marks |= Mark.PART
        if is_persons(word):
            marks |= Mark.PERSON
        if _LATIN.search(word):
            marks |= Mark.LATIN
    return marks


@lru_cache(maxsize=16)
def _marks_table(pack: Pack) -> dict[str, int]:
    """Give what each word of the pack's tables may be part of."""
    tables: tuple[tuple[int, Iterable[str]], ...] = (
        (Mark.JUNK, pack.junk),
        (Mark.TELEPHONE, pack.telephone),
        (Mark.DATE, cuttings.MONTHS),
        (Mark.ACCOUNT, pack.accounts),
        (Mark.TIME, pack.times),
        (Mark.ORDINAL, numerals.ENDINGS),
        (Mark.SPELLED, {*pack.tens, *pack.years, *pack.cardinals, "л"}),
        (Mark.PHRASE, {first for first, _ in pack.phrases}),
        (Mark.PHRASE_END, {words[-1] for group in pack.phrases.values() for words, _ in group}),
        (Mark.NOTE, {first for first, *_ in pack.notes}),
        (Mark.FLAT, pack.flats | pack.flats_either | pack.intercom),
        (Mark.KILOMETRE, numerals.KILOMETRES),
        (Mark.PART, {*pack.parts, *SLASH_WORDS}),
        (Mark.INITIAL, _LETTERS - _USUAL_LETTERS),
        (0, {*pack.types, *pack.words, *pack.noise, *pack.house_words}),
        (0, {*pack.settlement_aliases, *_USUAL_LETTERS}),
    )
    marks: dict[str, int] = {}
    for mark, words in tables:
        for word in words:
            marks[word] = marks.get(word, 0) | mark
    return marks
