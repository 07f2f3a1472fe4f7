"""The steps that bring the text of an address to plain words, numbers and commas, in order.

Each does one thing, so each can be shown alone; the tables come from the country pack. After the
last one the text holds folded letters, digits, single spaces, commas, and ``/`` or ``-`` only
inside house numbers, ordinals (always ``7-й``) and abbreviations such as ``пр-т``.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from heatmaps.geocoding.normal_form.draft import Draft, Step
from heatmaps.geocoding.normal_form.pack import word_set

if TYPE_CHECKING:
    from heatmaps.geocoding.normal_form.pack import Pack

_L = r"[^\W\d_]"
_JUNK = word_set(
    "нет не указан указано неизвестно неизвестен тест test адрес адреса none null nan na unknown"
    " отсутствует прочерк без бн xxx ххх qwe asd йцукен фыв"
)
_CYRILLIC = re.compile(r"[\u0400-\u052f]")
_LATIN_WORD = re.compile(r"[a-z]")
_LOOKALIKE_WORD = re.compile(r"[^\W_]*[a-z][^\W_]*")
_LOOKALIKES = str.maketrans("abcehkmoptxyi", "авсенкмортхуи")
_KEPT_LATIN = re.compile(r"[abcehkmoptxyi\u0400-\u052f\d]*")
_DASHES = dict.fromkeys("‐‑‒–—―−﹘﹣－", "-")
_COMMAS = dict.fromkeys(";|\n\r\t", ",")
_ALIKE = str.maketrans({"ё": "е", "і": "и", "ї": "и", "ў": "у", "№": " ", **_DASHES, **_COMMAS})
_PLAIN = re.compile(r"[\x00-\x7f\u0400-\u045f\u0490-\u04ff№«»“”„‐-―−]*")
_FIRST_WORD = re.compile(r"[^\W_]+")
_DATE = re.compile(
    r"(?:^|[,;]) ?(?:\d{1,2}[. ](?:янв|фев|мар|апр|май|июн|июл|авг|сен|окт|ноя|дек)(?:[. ]\d{2,4})?"
    r"|(?:янв|фев|мар|апр|май|июн|июл|авг|сен|окт|ноя|дек)\.\d{1,2})\.? ?$"
    r"|\b\d{1,2}\.(?:янв|фев|мар|апр|май|июн|июл|авг|сен|окт|ноя|дек)\b"
)
_MAYBE_DATE = re.compile(r"\d[. ][яфмаисонд]|[врйнлгтяк]\.\d")
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_SLASH = re.compile(r" ?[\\/]+ ?")
_SECOND_ADDRESS = re.compile(rf"(?<=[\d]) ?/ ?(?={_L}{{3}}).*|(?<=\d{_L}) ?/ ?(?={_L}{{3}}).*")
_LOOSE_SLASH = re.compile(r"/(?!\d)|(?<![\d\w])/|^/")
_NUMBER_DASH = re.compile(r"(?<=\d) ?- ?(?=\d)")
_LOOSE_DASH = re.compile(r"(?<!\w)-+|-+(?!\w)|-{2,}")
_PUNCTUATION = re.compile(r"[^\w ,/-]+|_+")
_ORDINAL = re.compile(
    r"(?<![\w/-])(\d{1,4}(?:-\d{1,4})?)"
    r"(?:(?:-| )?(?:ый|ий|ой|ого|ая|ья|ое|ье|го)|-?й|-я|я(?= \w)|-(?:[ех]|ти)(?= \w))(?![\w-])"
)
_WORD_THEN_NUMBER = re.compile(rf"{_L}{{2,}}+(?=\d)")
_NUMBER_THEN_WORD = re.compile(
    rf"\d(?=(?!bis){_L}{{3}}|(?:кв|вл|эт|оф|ул|фл)(?!{_L})|[кс]\d)|(?<=\d){_L}(?=[кс]\d)"
)


def fold_unicode(draft: Draft, _pack: Pack) -> None:
    """``ПРОСПЕКТ`` → ``проспект``, ``ё`` → ``е``, ``і`` → ``и``, full-width and accents folded.

    Semicolons, tabs and line ends become commas.
    """
    if _PLAIN.fullmatch(draft.text):
        draft.text = draft.text.lower().translate(_ALIKE)
        return
    text = unicodedata.normalize("NFKC", draft.text.replace("№", " "))
    text = unicodedata.normalize("NFKC", text.casefold())
    draft.text = "".join(_bare(char) for char in text.translate(_ALIKE))


def find_junk(draft: Draft, _pack: Pack) -> None:
    """Empty, ``-``, ``нет``, ``тест`` are no address."""
    first = _FIRST_WORD.search(draft.text)
    if first and first[0] not in _JUNK:
        return
    if all(word in _JUNK for word in _FIRST_WORD.findall(draft.text)):
        draft.text = ""
        draft.faults.append("junk")


def mend_lookalikes(draft: Draft, _pack: Pack) -> None:
    """Latin letters that look Cyrillic become so in a Cyrillic text: ``мocквa`` → ``москва``."""
    if not _LATIN_WORD.search(draft.text) or not _CYRILLIC.search(draft.text):
        return
    mended = _LOOKALIKE_WORD.sub(_mended_word, draft.text)
    if mended != draft.text:
        draft.text = mended
        draft.changes.append("lookalikes")


def find_excel_date(draft: Draft, _pack: Pack) -> None:
    """``ленина 05.фев`` was ``5/2`` before a spreadsheet took it for a date."""
    if _MAYBE_DATE.search(draft.text) and _DATE.search(draft.text):
        draft.text = _DATE.sub("", draft.text)
        draft.faults.append("excel_date")


def drop_brackets(draft: Draft, _pack: Pack) -> None:
    """Remarks in brackets go: ``ленина (бывш. мира) 5`` → ``ленина  5``."""
    if "(" in draft.text or "[" in draft.text:
        draft.text = _BRACKETS.sub(" ", draft.text)


def cut_second_address(draft: Draft, _pack: Pack) -> None:
    """``ленина 5 / мира 10`` names two houses: the first stays, and a fault says so."""
    if "/" not in draft.text and "\\" not in draft.text:
        return
    text = _SLASH.sub("/", draft.text)
    cut = _SECOND_ADDRESS.sub("", text)
    if cut != text:
        draft.faults.append("several_addresses")
    draft.text = cut


def blank_punctuation(draft: Draft, _pack: Pack) -> None:
    """Keep words, commas, and ``/`` and ``-`` that join: ``д.5 «а»`` → ``д 5 а``."""
    text = _PUNCTUATION.sub(" ", draft.text.replace(".", " "))
    if "/" in text:
        text = _LOOSE_SLASH.sub(" ", text)
    if "-" in text:
        text = _LOOSE_DASH.sub(" ", _NUMBER_DASH.sub("-", text))
    draft.text = _tidy(text)


def drop_postcode(draft: Draft, pack: Pack) -> None:
    """``190000, санкт-петербург`` → ``санкт-петербург``."""
    draft.text = pack.postcode.sub("", draft.text)


def read_ordinals(draft: Draft, _pack: Pack) -> None:
    """``1-ая``, ``1я``, ``1-ый`` → ``1-й``: a number that belongs to a name."""
    draft.text = _ORDINAL.sub(r"\1-й", draft.text)


def part_glued(draft: Draft, _pack: Pack) -> None:
    """``москва1-й`` → ``москва 1-й``, ``5корп2`` → ``5 корп 2``, ``5к2с1`` → ``5 к2 с1``."""
    text = _NUMBER_THEN_WORD.sub(r"\g<0> ", draft.text)
    draft.text = _WORD_THEN_NUMBER.sub(_part_word, text)


def write_out_phrases(draft: Draft, pack: Pack) -> None:
    """``восьмого марта`` → ``8 марта``, ``первая`` → ``1-й``, ``в о`` → Васильевский остров."""
    for pattern, replacement in pack.phrases:
        draft.text = pattern.sub(replacement, draft.text)


def drop_notes(draft: Draft, pack: Pack) -> None:
    """Landmarks and telephone numbers go: ``возле рынка``, ``метро парнас``."""
    text = pack.notes.sub(" ", draft.text)
    if text != draft.text:
        draft.text = text
        draft.changes.append("note_dropped")


def drop_flats(draft: Draft, pack: Pack) -> None:
    """Flat, office, entrance, floor and intercom go: ``д 5 кв 12 под 2`` → ``д 5``."""
    for pattern in pack.flats:
        draft.text = pattern.sub(" ", draft.text)
    draft.text = _tidy(draft.text)


STEPS: tuple[Step, ...] = (
    fold_unicode,
    find_junk,
    mend_lookalikes,
    find_excel_date,
    drop_brackets,
    cut_second_address,
    blank_punctuation,
    drop_postcode,
    read_ordinals,
    part_glued,
    write_out_phrases,
    drop_notes,
    drop_flats,
)


def clean(text: str, pack: Pack) -> Draft:
    """Run every step over one address."""
    draft = Draft(text)
    for step in STEPS:
        step(draft, pack)
    return draft


def _tidy(text: str) -> str:
    return " ".join(text.replace(",", ", ").split()).replace(" ,", ",").strip(" ,")


def _part_word(match: re.Match[str]) -> str:
    word = match[0]
    is_litera = word.startswith("лит") and len("лит") < len(word) <= len("литаб")
    return word if is_litera else f"{word} "


def _bare(char: str) -> str:
    if _CYRILLIC.match(char):
        return char
    parts = unicodedata.normalize("NFD", char)
    return "".join(c for c in parts if unicodedata.category(c) not in {"Mn", "Cf"})


def _mended_word(match: re.Match[str]) -> str:
    word = match[0]
    return word.translate(_LOOKALIKES) if _KEPT_LATIN.fullmatch(word) else word
