"""What the notice of an outage says of its cause: words of Russian, Kazakh and English."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

from heatmaps.desk.words import Cause
from heatmaps.insight.explanation.columns import UNKNOWN
from heatmaps.insight.explanation.signs import CAUSES

_WORDS = Path(__file__).with_name("notices.toml")
_GENERAL = CAUSES.index(Cause.EMERGENCY)
"""Any outage may be called an emergency; what caused it is told beside."""


def cause_named(notice: str | None) -> int:
    """Give the code of the cause that a notice names first, `UNKNOWN` where it names none."""
    plain = (notice or "").casefold().replace("ё", "е")
    named = [CAUSES.index(Cause(found.lastgroup or "")) for found in _words().finditer(plain)]
    return next((cause for cause in named if cause != _GENERAL), named[0] if named else UNKNOWN)


@cache
def _words() -> re.Pattern[str]:
    """Give what finds the first letters of a word that names a cause, in a group of its name."""
    table = tomllib.loads(_WORDS.read_text(encoding="utf-8"))
    groups = (
        f"(?P<{cause}>{'|'.join(stem for stems in languages.values() for stem in stems)})"
        for cause, languages in table.items()
    )
    return re.compile(rf"\b(?:{'|'.join(groups)})")
