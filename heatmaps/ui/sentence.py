"""The sentence an agent says, in the caller's language, ready to be read out or copied."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from collections.abc import Mapping

    from heatmaps.ui.locale import Translator

LANGUAGE_NAMES = {"ru": "Русский", "kk": "Қазақша", "en": "English"}
"""Each language by its own name."""

_HERE = Path(__file__)
_component = st.components.v2.component(
    "heatmaps_sentence",
    html=_HERE.with_suffix(".html").read_text(encoding="utf-8"),
    css=_HERE.with_suffix(".css").read_text(encoding="utf-8"),
    js=_HERE.with_suffix(".js").read_text(encoding="utf-8"),
)


def show_sentence(sentences: Mapping[str, str], _: Translator, *, key: str) -> None:
    """Show the sentence, given by language; which of them is seen is remembered in the browser.

    Changing the language asks nothing of the server.
    """
    data = {
        "sentences": dict(sentences),
        "names": {language: LANGUAGE_NAMES[language] for language in sentences},
        "language": _.locale,
        "languageLabel": _("Language of the caller"),
        "copy": _("Copy"),
        "copied": _("Copied"),
        "marked": _("Marked: press Ctrl+C"),
    }
    _component(key=key, data=data)
