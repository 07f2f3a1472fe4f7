"""The one gate through which any text enters the map.

A text on the map passes through JSON, Jinja, a JavaScript program that streamlit-folium evaluates,
and `innerHTML`. Whatever is not plainly harmless in all of them becomes a numeric character
reference, which only the last of them, HTML, reads as the character again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NewType

if TYPE_CHECKING:
    from collections.abc import Iterable

MapHtml = NewType("MapHtml", str)
"""HTML that may be drawn on the map: made here, or a constant of ours, never of any input."""

_HARMLESS = frozenset(" .,:;-()–—«»№")
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def map_text(text: object) -> MapHtml:
    """Give `text` as HTML that shows exactly its characters, wherever the map puts it.

    The result holds only letters, digits, a few marks of punctuation and character references:
    no quote, bracket, backtick, dollar sign, backslash or line break. What HTML has no
    character for (controls, lone surrogates) shows as U+FFFD.
    """
    return MapHtml("".join(_shown(character) for character in str(text)))


def map_bold(line: MapHtml) -> MapHtml:
    """Give the line in bold."""
    return MapHtml(f"<b>{line}</b>")


def map_lines(lines: Iterable[MapHtml]) -> MapHtml:
    """Give the lines one below the other."""
    return MapHtml("<br>".join(lines))


def _shown(character: str) -> str:
    if character.isalnum() or character in _HARMLESS:
        return character
    if character.isprintable() or character.isspace():
        return f"&#{ord(character)};"
    return _REPLACEMENT
