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
_VAGUE = "vague"
_GENERAL = str(Cause.EMERGENCY)
"""Any outage may be called an emergency; what caused it is told beside."""


def cause_named(notice: str | None) -> int:
    """Give the code of the cause that a notice names first, `UNKNOWN` where it names none.

    What is vague counts where nothing else is named, and a mere emergency where not even that is.
    """
    plain = (notice or "").casefold().replace("ё", "е")
    named = [found.lastgroup or "" for found in _words().finditer(plain)]
    clear = [name for name in named if name != _GENERAL and not name.startswith(_VAGUE)]
    vague = [name.removeprefix(_VAGUE) for name in named if name.startswith(_VAGUE)]
    return next((CAUSES.index(Cause(name)) for name in (*clear, *vague, *named)), UNKNOWN)


@cache
def _words() -> re.Pattern[str]:
    """Give what finds the first letters of a word that names a cause, in a group of its name."""
    table = tomllib.loads(_WORDS.read_text(encoding="utf-8"))
    groups = []
    for cause, languages in table.items():
        vague = languages.pop(_VAGUE, [])
        clear = [stem for stems in languages.values() for stem in stems]
        groups.append(f"(?P<{cause}>{'|'.join(clear)})")
        groups += [f"(?P<{_VAGUE}{cause}>{'|'.join(vague)})"] if vague else []
    return re.compile(rf"\b(?:{'|'.join(groups)})")
