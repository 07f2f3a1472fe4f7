"""Addresses that are taken back or stand beside others: ``мира 5, вернее 7``, ``мира 5 или 7``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from heatmaps.geocoding.normal_form.draft import Draft
    from heatmaps.geocoding.normal_form.pack import Pack

_HOUSE = r"\d{1,4}(?:[/-]\d{1,4})?[^\W\d_]?"
_SIGNAL = re.compile(
    r"[ (,.](?:точнее|вернее|то есть|ой,? нет|исправ|(?:старый|бывший|прежний) адрес"
    r"|не \d|или |либо |и |\+ |от )"
)
_SIGNALS_AT_START = ("не ", "от ")
_MAYBE_SIGNAL = re.compile(
    r"[ (,.](?:точнее|вернее|то есть|ой |исправ|(?:старый|бывший|прежний) адрес"
    r"|не |или |либо |и |\+ |от )"
)
"""As `_SIGNAL`, of a part of the text that a comma may have cut off anywhere."""
_CORRECTED = re.compile(
    r"[\s,.(]*(?:\b(?:точнее|вернее|то есть|ой,? нет|исправлено на|исправить на"
    r"|(?:старый|бывший|прежний) адрес)\b)[\s,.):-]*(?:сейчас|теперь|новый)?[\s,:]*"
)
_NOW = re.compile(r",? *\b(?:новый|новый адрес|сейчас|теперь)\)?$")
_NOT_THAT = re.compile(rf",? +(?:а )?не {_HOUSE}$")
_NOT_THERE = re.compile(r"^не [^,\d]{3,40}?,? а +")
_LAST_HOUSE = re.compile(
    rf"[\s,]*(?:\bд(?:ом)?\.? ?)?\b{_HOUSE}(?:[\s,]*(?:к|корп|корпус|с|стр)\.? ?\d+)*$"
)
_ANY_HOUSE = re.compile(rf"(?:\b(?:д|дом|к|корп|корпус|с|стр)\.? ?){_HOUSE}\b")
_NAME_AND_HOUSE = re.compile(rf"[^\s,]+[\s,]+(?:д(?:ом)?\.? ?)?{_HOUSE}$")
_OTHER = re.compile(
    rf"(?P<house>\b{_HOUSE}),? *(?:\b(?:или|либо|и)\b|\+)(?= [^,]*\d).*"
    r"|(?<=\w),? (?:или|либо) (?=.*\d).*"
)
_FROM_TO = re.compile(r"\bот (?P<first>[^\d]*\d+[^\s,]*) до [^\d]*\d+.*")


def correct(draft: Draft, pack: Pack) -> None:
    """Leave of an address what its writer meant in the end; of several the first, with a fault."""
    text = draft.text
    if pack.name != "ru" or not (_SIGNAL.search(text) or text.startswith(_SIGNALS_AT_START)):
        return
    corrected = _NOT_THERE.sub("", _NOT_THAT.sub("", text))
    signal = _CORRECTED.search(corrected)
    if signal:
        said, meant = corrected[: signal.start()], corrected[signal.end() :]
        corrected = _replaced(said, _NOW.sub("", meant.rstrip(" )."))) or corrected
    if corrected != text:
        draft.changes.append("corrected")
    first = _FROM_TO.sub(r"\g<first>", corrected)
    first = _OTHER.sub(lambda match: match["house"] or "", first)
    if first != corrected:
        draft.faults.append("several_addresses")
    draft.text = first


def may_correct(segment: str) -> bool:
    """Tell whether `correct` may find a signal in a text that has this between two commas."""
    return _MAYBE_SIGNAL.search(f",{segment} ") is not None


def _replaced(said: str, meant: str) -> str:
    """Give what was said with what was meant in its place, or nothing where that is no house."""
    if not any(c.isdigit() for c in meant):
        return ""
    if meant[0].isdigit() or meant.startswith(("д ", "д.", "дом ")):
        return f"{_LAST_HOUSE.sub('', _ANY_HOUSE.sub('', said))}, {meant}"
    if "," in meant and not any(c.isdigit() for c in said):
        return meant
    if "," in said:
        return f"{said.partition(',')[0]}, {meant}"
    kept = _NAME_AND_HOUSE.sub("", said).strip()
    return f"{kept}, {meant}" if kept else meant
