"""Steps that leave out whose address it is and since when: names, accounts, hours and days."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from heatmaps.geocoding.normal_form.draft import Draft
    from heatmaps.geocoding.normal_form.pack import Pack

MAIL = re.compile(r"\S*@\S+|(?:https?://|www\.)\S+")
CLOCK = re.compile(r"\b(?:[сдвпк]о? )?\d{1,2}:\d\d(?::\d\d)?\b")
PATRONYMIC = re.compile(
    r"\w{2,}(?:ович|евич|ввич|овна|евна|ична)|(?:ил|кузьм|фом|лук|никит)ь?ич"
    r"|\w{2,}(?:ovich|evich|ovna|evna|ichna)"
)
_SON_OF = frozenset({"оглы", "оглу", "кызы", "кизи", "гызы", "улы", "ogly", "oglu", "kyzy"})
_SURNAME = re.compile(
    r"\w{2,}(?:[оеё]ва?|[иы]на?|ск(?:ий|ая|ой)|цк(?:ий|ая|ой)|енко|[чндк][ую]к|[иы]х|ян|швили|дзе"
    r"|ova?|eva?|ina?|skiy|skaya|skij|skaja|enko)"
)
_NAME_LENGTH = 2
_ACCOUNT_DIGITS = 5
_LETTERS_OF_ACCOUNT = ("л", "с")


def is_persons(word: str) -> bool:
    """Tell whether a word is a patronymic, or joins one to a name as оглы does."""
    return word in _SON_OF or PATRONYMIC.fullmatch(word) is not None


def is_account(word: str) -> bool:
    """Tell whether a number is longer than that of any house."""
    return len(word) >= _ACCOUNT_DIGITS and word.isdigit()


def drop_contacts(draft: Draft, _pack: Pack) -> None:
    """``мира 5 ivanov@mail.ru с 9:00`` → ``мира 5``: mail, pages and the time of day."""
    draft.text = CLOCK.sub(" ", MAIL.sub(" ", draft.text))


def drop_accounts(draft: Draft, pack: Pack) -> None:
    """``мира 5 лицевой счет 1234567`` → ``мира 5``."""
    kept: list[str] = []
    behind_word = False
    for i, token in enumerate(draft.tokens):
        following = draft.tokens[i + 1] if i + 1 < len(draft.tokens) else ","
        if token in pack.accounts and (following[0].isdigit() or following in pack.accounts):
            behind_word = True
        elif token[0].isdigit() and (behind_word or is_account(token)):
            if kept[-2:] == [*_LETTERS_OF_ACCOUNT]:
                del kept[-2:]
            behind_word = True
        else:
            kept.append(token)
            behind_word = False
    draft.tokens = kept


def drop_persons(draft: Draft, pack: Pack) -> None:
    """``мира 5 петрова мария ивановна`` → ``мира 5``: a name with a patronymic is a person's."""
    tokens, at = list(draft.tokens), len(draft.tokens) - 1
    while at >= 0:
        start, end = _person(tokens, at, pack) if is_persons(tokens[at]) else (at, at)
        if end - start > 1:
            del tokens[start:end]
        at = start - 1
    draft.tokens = tokens


def _person(tokens: Sequence[str], at: int, pack: Pack) -> tuple[int, int]:
    """Give where the name around a patronymic starts and ends; empty where it is a street's."""
    first = at - (at > 0 and tokens[at] in _SON_OF)
    start = first
    while start and first - start < _NAME_LENGTH and _is_name(tokens[start - 1], pack):
        start -= 1
    alone = not start or not _is_name(tokens[start - 1], pack)
    if first - start == _NAME_LENGTH and not (alone or _SURNAME.fullmatch(tokens[start])):
        start += 1
    surname_first = first - start == _NAME_LENGTH and (
        _SURNAME.fullmatch(tokens[start]) or at + 1 == len(tokens)
    )
    if first - start == _NAME_LENGTH and not surname_first:
        start += 1
    end = at + 1
    if not surname_first and end < len(tokens) and _SURNAME.fullmatch(tokens[end]):
        counted = end + 1 < len(tokens) and tokens[end + 1][0].isdigit()
        end += not counted and _is_name(tokens[end], pack)
    typed = start and pack.types.get(tokens[start - 1], ("",))[0]
    return (at, at) if typed in {"street", "place"} else (start, end)


def _is_name(token: str, pack: Pack) -> bool:
    known = token in pack.types or token in pack.noise or token in pack.house_words
    return len(token) >= _NAME_LENGTH and token.isalpha() and not known


def drop_times(draft: Draft, pack: Pack) -> None:
    """``мира 5 с 10 утра`` and ``мира 5 3 дня`` → ``мира 5``."""
    tokens, at = list(draft.tokens), len(draft.tokens) - 1
    while at > 0:
        start = at
        if tokens[at] in pack.times and tokens[at - 1][0].isdigit():
            start = at - 1
            while start and (tokens[start - 1] in pack.before_times or _joins(tokens, start, pack)):
                start -= 1
            del tokens[start : at + 1]
        at = start - 1
    draft.tokens = tokens


def _joins(tokens: Sequence[str], at: int, pack: Pack) -> bool:
    """Tell whether the number before belongs to the same span of time: ``с 9 до 18 часов``."""
    return at > 1 and tokens[at - 1].isdigit() and tokens[at - 2] in pack.before_times
