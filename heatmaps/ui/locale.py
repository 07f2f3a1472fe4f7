"""The language of the screens: gettext catalogues, read at run time, and names of fixed words."""

from __future__ import annotations

import gettext
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Literal, TypeAlias

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

LOCALES = ("ru", "kk", "en")

WordKind: TypeAlias = Literal[
    "status",
    "signal",
    "cause",
    "topic",
    "technology",
    "segment",
    "channel",
    "level",
    "verdict",
    "event",
    "sector",
    "fault",
    "queue",
    "part",
    "because",
    "actor",
    "move",
    "outcome",
    "gap_class",
    "pattern",
    "topics",
    "fate",
    "leg",
    "beside",
]

_CATALOGUES = Path(__file__).with_name("locales")


class Translator:
    """Gives the screens' texts in one language; call it with the English source text.

    `locale` is the language's code, for whatever else formats by language.
    """

    def __init__(self, locale: str) -> None:
        self.locale = locale
        with (_CATALOGUES / f"{locale}.po").open("rb") as source:
            compiled = BytesIO()
            write_mo(compiled, read_po(source, locale=locale))
        compiled.seek(0)
        self._catalogue = gettext.GNUTranslations(compiled)

    def __call__(self, text: str) -> str:
        """Give `text` in the language."""
        return self._catalogue.gettext(text)

    def plural(self, one: str, many: str, n: int) -> str:
        """Give the form for `n` things, with the formatted number where it says ``{n}``."""
        return self._catalogue.ngettext(one, many, n).replace("{n}", self.number(n))

    def word(self, kind: WordKind, value: str) -> str:
        """Give the name of a word with fixed values, such as status ``on_hold``."""
        return self._catalogue.pgettext(kind, value)

    def number(self, value: float, digits: int = 0) -> str:
        """Give a number with the language's separators and exactly so many decimals."""
        pattern = "#,##0" + ("." + "0" * digits if digits else "")
        return format_decimal(value, format=pattern, locale=self.locale)


@lru_cache
def translator(locale: str) -> Translator:
    """Give the translator of one of `LOCALES`; FileNotFoundError for any other."""
    return Translator(locale)
