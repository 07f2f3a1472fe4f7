"""What programs wrap an address in: entities, tags, percent-encoding, JSON."""

from __future__ import annotations

import html
import re
from urllib.parse import unquote, unquote_plus

_WRAPPED = re.compile(r"[&<%{]")
_TAG = re.compile(r"<(/?)([A-Za-z]\w{0,9})(?: [^<>]{0,200})?/?>")
_BREAKS = frozenset({"br", "p", "div", "li", "tr", "td"})
_ENCODED = re.compile(r"%[0-9A-Fa-f]{2}")
_VALUE = re.compile(r'"[^"]{1,40}" ?: ?"?([^"{}\[\],]{1,200})"?')


def unwrapped(text: str) -> str:
    """Give the text itself: ``<p>Мира 5</p>``, ``{"street":"Мира","house":"5"}`` → ``Мира, 5``."""
    if not _WRAPPED.search(text):
        return text
    text = html.unescape(text) if "&" in text else text
    if _ENCODED.search(text):
        text = unquote(text) if " " in text else unquote_plus(text)
    if "<" in text:
        text = _TAG.sub(lambda tag: ", " if tag[2].lower() in _BREAKS else " ", text).strip(", ")
    values = _VALUE.findall(text) if text.lstrip().startswith("{") else []
    return ", ".join(value.strip() for value in values) if values else text
