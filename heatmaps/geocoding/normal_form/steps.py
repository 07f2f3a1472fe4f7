"""The steps that bring the text of an address to plain words, numbers and commas, in order.

Each does one thing, so each can be shown alone; the tables come from the country pack. `TEXT_STEPS`
clean the text, `read_words` parts it, and each of `WORD_STEPS` runs where a word marked the
address for it. After the last the tokens are folded words, numbers and commas, with ``/`` or
``-`` only inside house numbers, ordinals (always ``7-й``) and abbreviations such as ``пр-т``.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from heatmaps.geocoding.normal_form import cuttings, numerals, personal
from heatmaps.geocoding.normal_form.corrections import correct
from heatmaps.geocoding.normal_form.draft import Draft, Mark, Step
from heatmaps.geocoding.normal_form.fold import LETTERED, folded
from heatmaps.geocoding.normal_form.house import mark_parts
from heatmaps.geocoding.normal_form.markup import unwrapped
from heatmaps.geocoding.normal_form.type_typos import mended_type
from heatmaps.geocoding.normal_form.words import read_words, rewrite, word_of

if TYPE_CHECKING:
    from heatmaps.geocoding.normal_form.pack import Pack

LONGEST = 400
"""Characters of an address that are read; no honest one is longer."""

_L = r"[^\W\d_]"
_PLAIN = re.compile(
    r"[а-яa-z0-9 ,]*+(?:(?:(?<=\w)-(?=\w)|\.(?!(?<=\d\.)\d)|(?<=\w)/(?=\d)(?!\d{1,2}/))"
    r"[а-яa-z0-9 ,]*+)*"
)
_NUMBERED_DATE = re.compile(
    r"(?<![\d.])\d{1,2}(?:\.\d{1,2}\.(?:19|20)?|/\d{1,2}/(?:19|20))\d\d(?![\d.])(?: \d\d?:\d\d\S*)?"
)
_CAPITAL_INSIDE = re.compile(r"[А-ЯЁ](?=[а-яё]{2})(?<=[а-яё-][а-яё].)")
_HOUSE_OF_NAME = re.compile(
    rf"(?:адрес|регистрация|прописка|работа|ул)\b\W.*{_L}{{4,}},? (?:д\.? ?)?\d"
)
_REMARK = re.compile(rf"\([^()]*(?:{_L}{{2}}|°)[^()]*\)|\[[^\[\]]*{_L}{{2}}[^\[\]]*\]")
_WORD = re.compile(rf"{_L}+|\d+(?:-?{_L}{{1,2}}\b)?")
_SLASH = re.compile(r" ?[\\/]+ ?")
_SECOND_ADDRESS = re.compile(rf"(?:(?<=\d)|(?<=\d{_L})) ?/ ?(?={_L}{{3}}|{_L}{{2}}[. ]).*")
_LOOSE_SLASH = re.compile(r"/(?!\d)|(?<![\d\w])/|^/")
_NUMBER_DASH = re.compile(r"(?<=\d) ?- ?(?=\d)")
_LOOSE_DASH = re.compile(r"(?<!\w)-+|-+(?!\w)|-{2,}")
_COUNTED_NAME = re.compile(rf"-(?<={_L}{{4}}-)(\d{{1,2}}{_L}?)(?![\w/-])")
_LETTERED_NAME = re.compile(rf"(?<![\w/-])({_L}{{1,2}})-(\d{{1,3}})(?![\w/-])")
_NUMBER_FOLLOWS = re.compile(r",? *(?:д(?:ом)?\.? *)?\d")
_HOUSE_WORD = re.compile(r"\bд(?:ом)?\.? *\d")
_PUNCTUATION = re.compile(r"[^\w ,./-]+|_+")


def cut_length(draft: Draft, _pack: Pack) -> None:
    """Of a text that is no address but a letter only the beginning is read."""
    if len(draft.text) > LONGEST:
        draft.text = draft.text[:LONGEST].rpartition(" ")[0] or draft.text[:LONGEST]
        draft.faults.append("too_long")


def unwrap(draft: Draft, _pack: Pack) -> None:
    """Markup that a program left behind goes: see `markup.unwrapped`."""
    draft.text = unwrapped(draft.text)


def part_capitals(draft: Draft, _pack: Pack) -> None:
    """``НевскийПроспект`` → ``Невский Проспект``: a capital inside a word begins another."""
    draft.text = parted_at_capitals(draft.text)


def parted_at_capitals(text: str) -> str:
    """Give a text with a space in front of each capital inside a word."""
    return _CAPITAL_INSIDE.sub(_set_off, text)


def _set_off(match: re.Match[str]) -> str:
    return f" {match[0]}"


def fold_letters(draft: Draft, _pack: Pack) -> None:
    """Case, accents, dashes and the letters of neighbouring alphabets: see `fold.folded`."""
    draft.text = folded(draft.text)


def find_numbered_date(draft: Draft, _pack: Pack) -> None:
    """``ленина 05.02.2025`` was ``5/2`` before a spreadsheet took it for a date."""
    if _NUMBERED_DATE.search(draft.text):
        draft.text = _NUMBERED_DATE.sub(" ", draft.text)
        draft.faults.append("excel_date")


def drop_remarks(draft: Draft, pack: Pack) -> None:
    """Remarks in brackets go but for parts of the house: ``5 (двор, корп. 2)`` → ``5 ,корп. 2``."""
    if "(" in draft.text or "[" in draft.text:
        if any(_HOUSE_OF_NAME.search(remark) for remark in _REMARK.findall(draft.text)):
            draft.faults.append("several_addresses")
        draft.text = _REMARK.sub(lambda remark: _of_house(remark[0], pack), draft.text)


def _of_house(remark: str, pack: Pack) -> str:
    """Give what a remark says of the house and its parts."""
    said = [part for part in remark[1:-1].split(",") if _tells_part(part, pack)]
    return f" {','.join(said)} " if said else " "


def _tells_part(text: str, pack: Pack) -> bool:
    """Tell whether words are those of a house's parts, with a number or a letter: ``корп. 2``."""
    words = _WORD.findall(text)
    named = [word for word in words if word in pack.parts or word in pack.house_words]
    rest = [word for word in words if word not in named]
    return bool(named and rest) and all(len(w) == 1 or w[0].isdigit() for w in rest)


def cut_second_address(draft: Draft, _pack: Pack) -> None:
    """``ленина 5 / мира 10`` names two houses: the first stays, and a fault says so."""
    if "/" not in draft.text and "\\" not in draft.text:
        return
    text = _SLASH.sub("/", draft.text)
    cut = _SECOND_ADDRESS.sub("", text)
    if cut != text:
        draft.faults.append("several_addresses")
    draft.text = _LOOSE_SLASH.sub(" ", cut)


def blank_punctuation(draft: Draft, _pack: Pack) -> None:
    """Keep words, commas, dots, and ``/`` and ``-`` that join: ``д.5 «а»`` → ``д.5  а ``."""
    text = _PUNCTUATION.sub(" ", draft.text)
    if "-" in text:
        text = _LOOSE_DASH.sub(" ", _NUMBER_DASH.sub("-", text))
    draft.text = text


def find_junk(draft: Draft, pack: Pack) -> None:
    """``нет``, ``тест``, ``не указан`` are no address."""
    if all(word in pack.junk or word == "," for word in draft.tokens):
        draft.tokens = []


def note_mended(draft: Draft, _pack: Pack) -> None:
    """Say that Latin letters stood for Cyrillic ones that look like them: ``мocквa``."""
    draft.changes.append("lookalikes")


def note_type_typos(draft: Draft, pack: Pack) -> None:
    """Say which type words were mended: ``typo:улциа→улица``."""
    for written in draft.text.replace(".", " ").replace(",", " ").split():
        for token in word_of(written, pack).tokens:
            if token in pack.types and token not in written and mended_type(written, pack):
                draft.changes.append(f"typo:{written}→{token}")


def count_name(draft: Draft, pack: Pack) -> None:
    """``самал-2, 58`` → ``самал 2-й, 58``, ``улица а-82`` → ``улица а_82``: a number of a name."""
    if may_count_name(draft.text, pack):
        text = _COUNTED_NAME.sub(lambda match: _counted(match, pack), draft.text)
        draft.text = _LETTERED_NAME.sub(lambda match: _lettered(match, pack), text)


def may_count_name(text: str, pack: Pack) -> bool:
    """Tell whether `count_name` may change a text."""
    if "-" not in text or not pack.area_types:
        return False
    return bool(_COUNTED_NAME.search(text) or _LETTERED_NAME.search(text))


def _lettered(match: re.Match[str], pack: Pack) -> str:
    """Give ``улица а-82, 5`` with its name as one word, but ``мира 5 к-2`` as it is.

    So it is beside a street's type; else as all there is between commas, with the house behind.
    """
    whole, start, end = match.string, match.start(), match.end()
    before = whole[whole.rfind(",", 0, start) + 1 : start].replace(".", " ").split()
    after = whole[end:].partition(",")[0].replace(".", " ").split()
    beside = [*before[-1:], *after[:1]]
    typed = any(pack.types.get(word, ("",))[0] == "street" for word in beside)
    alone = not before and not after and _NUMBER_FOLLOWS.match(whole, end)
    is_part = match[1] in pack.parts or match[1] in pack.house_words
    if typed or (alone and not is_part):
        return f"{match[1]}{LETTERED}{match[2]}"
    return match[0]


def _counted(match: re.Match[str], pack: Pack) -> str:
    """Give a name and its number apart unless it is that of a house: ``ул ленина-5, 30``."""
    whole, start, end = match.string, match.start(), match.end()
    before = whole[whole.rfind(",", 0, start) + 1 : start].replace(".", " ").split()
    types = [pack.types[word][1] for word in before if pack.types.get(word, ("",))[0] == "street"]
    of_area = bool(types) and all(kind in pack.area_types for kind in types)
    other = _HOUSE_WORD.search(whole, 0, start) is not None
    if (of_area and other) or (_NUMBER_FOLLOWS.match(whole, end) and (of_area or not types)):
        return f" {match[1]}-й"
    return match[0]


def mark_house_parts(draft: Draft, pack: Pack) -> None:
    """``корпус 2`` → ``К2``, ``лита`` → ``ЛИТа``: one token a part."""
    draft.tokens = mark_parts(draft.tokens, pack)


TEXT_STEPS: tuple[Step, ...] = (
    fold_letters,
    personal.drop_contacts,
    find_numbered_date,
    drop_remarks,
    cut_second_address,
    blank_punctuation,
)
"""Run where the text holds more than letters, digits, commas, dots, joining dashes and slashes."""

WORD_STEPS: tuple[tuple[int, Step], ...] = (
    (Mark.MENDED, note_mended),
    (Mark.TYPE_TYPO, note_type_typos),
    (Mark.POSTCODE, cuttings.drop_postcode),
    (Mark.TELEPHONE, cuttings.drop_telephone),
    (Mark.TRUNK | Mark.AREA, cuttings.drop_telephone),
    (Mark.ACCOUNT, personal.drop_accounts),
    (Mark.PERSON, personal.drop_persons),
    (Mark.TIME, personal.drop_times),
    (Mark.DATE, cuttings.find_excel_date),
    (Mark.ORDINAL, numerals.read_ordinals),
    (Mark.COUNTED | Mark.UNKNOWN, numerals.mend_counted_type),
    (Mark.SPELLED, numerals.read_spelled),
    (Mark.PHRASE | Mark.PHRASE_END, cuttings.write_out_phrases),
    (Mark.NOTE, cuttings.drop_notes),
    (Mark.FLAT, cuttings.drop_flats),
    (Mark.INITIAL, cuttings.mark_initials),
    (Mark.PART, mark_house_parts),
)
"""Run over the words between two commas, where all these marks were seen among them."""

WHOLE_STEPS: tuple[tuple[int, Step], ...] = (
    (Mark.JUNK, find_junk),
    (Mark.KILOMETRE, numerals.join_kilometres),
)
"""Run over all words."""


class Chunk(NamedTuple):
    """What the steps made of the words between two commas."""

    tokens: tuple[str, ...]
    marks: int
    changes: tuple[str, ...]
    faults: tuple[str, ...]


def clean(text: str, pack: Pack) -> Draft:
    """Run every step over one address; without a word left it is junk."""
    draft = Draft(text)
    cut_length(draft, pack)
    unwrap(draft, pack)
    part_capitals(draft, pack)
    draft.text = draft.text.lower().replace("ё", "е")
    correct(draft, pack)
    clean_text(draft, pack)
    if pack.cuts:
        rewrite(draft, pack)
    count_name(draft, pack)
    for text_between in draft.text.split(","):
        _add(draft, _kept_chunk(text_between, pack))
    _run(WHOLE_STEPS, draft, pack)
    if not draft.tokens:
        draft.faults.append("junk")
    return draft


def clean_text(draft: Draft, pack: Pack) -> None:
    """Run the steps over the text; they change nothing of a plain one."""
    if not _PLAIN.fullmatch(draft.text):
        for step in TEXT_STEPS:
            step(draft, pack)


def _add(draft: Draft, chunk: Chunk) -> None:
    if chunk.tokens:
        if draft.tokens:
            draft.tokens.append(",")
        draft.tokens += chunk.tokens
    draft.marks |= chunk.marks
    if chunk.changes:
        draft.changes += (c for c in chunk.changes if c not in draft.changes)
    if chunk.faults:
        draft.faults += chunk.faults


@lru_cache(maxsize=32_768)
def _kept_chunk(text: str, pack: Pack) -> Chunk:
    return read_chunk(text, pack)


def read_chunk(text: str, pack: Pack) -> Chunk:
    """Read the words between two commas of a clean text."""
    draft = Draft(text)
    read_words(draft, pack)
    _run(WORD_STEPS, draft, pack)
    return Chunk(tuple(draft.tokens), draft.marks, tuple(draft.changes), tuple(draft.faults))


def _run(steps: tuple[tuple[int, Step], ...], draft: Draft, pack: Pack) -> None:
    marks = draft.marks
    if marks:
        for mark, step in steps:
            if marks & mark == mark:
                step(draft, pack)
